import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** The first Chromium or Chrome on this machine, or undefined: suites then skip instead of downloading one. */
export function findChromium(): string | undefined {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH
  return [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ].find((path) => existsSync(path))
}

/**
 * A headless browser that sends nothing of its own: what a test sees on the network was sent by the page.
 * Throws where there is no Chromium; ask `findChromium` first.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error('No Chromium found: install it, or name it in CHROMIUM_PATH')
  return await chromium.launch({
    executablePath,
    args: [
      // Chromium refuses to sandbox for root, and containers run tests as root. The pages are our own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

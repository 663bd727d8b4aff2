import type { Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'

/** As much as is needed here of the `monaco-editor` that GraphiQL leaves in a global. */
interface Monaco {
  editor: { getModels(): { uri: { path: string }; getValue(): string }[] }
}

interface OpenedGraphiql {
  /** Every address the page, its workers and its styles asked for, in order. */
  requests: string[]
  /** Errors of the console, uncaught exceptions, refusals by the Content-Security-Policy, failed requests. */
  consoleErrors: string[]
  /** The JSON text that stands in the response pane after the first example was run. */
  answer: string
  /** The window with that answer, as PNG. */
  screenshot: Buffer
}

/**
 * Opens GraphiQL of a running hub in a real browser as a first-time visitor, runs the example in its first tab,
 * and reports what was seen. Throws when the page does not get as far as an answer, with what it complained of.
 *
 *     const { requests, consoleErrors, answer } = await openGraphiql('http://127.0.0.1:4000')
 *     expect(requests.filter((url) => !url.startsWith('http://127.0.0.1:4000/'))).toEqual([])
 */
export async function openGraphiql(baseUrl: string): Promise<OpenedGraphiql> {
  const browser = await launchChromium()
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const { requests, consoleErrors } = await listenTo(page)
    try {
      await Promise.all([
        page.waitForResponse((response) => response.request().postData()?.includes('__schema') ?? false),
        page.goto(`${baseUrl}/graphiql`),
      ])
      // The page stands before Monaco has arrived; there is nothing to run until the example is in the editor.
      await page.locator('.graphiql-query-editor .view-line').first().waitFor()
      await page.getByRole('button', { name: /^Execute query/ }).click()
      const answer = await answerShown(page)
      return { requests, consoleErrors, answer, screenshot: await page.screenshot() }
    } catch (error) {
      throw new Error(
        `GraphiQL gave no answer. The page complained: ${consoleErrors.join('\n') || 'nothing'}`,
        {
          cause: error,
        },
      )
    }
  } finally {
    await browser.close()
  }
}

async function listenTo(page: Page) {
  const requests: string[] = []
  const consoleErrors: string[] = []
  // Of the context, not of the page: it also reports what workers load.
  page.context().on('request', (request) => {
    if (/^https?:/.test(request.url())) requests.push(request.url())
  })
  page.context().on('requestfailed', (request) => {
    consoleErrors.push(`${request.url()} failed: ${request.failure()?.errorText}`)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text())
  })
  page.on('pageerror', (error) => consoleErrors.push(String(error)))
  // A refused style or image says so in the console of some versions only; the event is always there.
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) => {
    console.error('Content-Security-Policy: ' + event.violatedDirective + ' refused ' + event.blockedURI)
  })`)
  return { requests, consoleErrors }
}

/** Read from Monaco's model: the page's own text holds only the lines that fit into the pane. */
async function answerShown(page: Page): Promise<string> {
  const shown = await page.waitForFunction(() => {
    const { __MONACO } = globalThis as unknown as { __MONACO: Monaco }
    const answer = __MONACO.editor.getModels().find((model) => model.uri.path.endsWith('response.json'))
    return answer?.getValue()
  })
  return String(await shown.jsonValue())
}

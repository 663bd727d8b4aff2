import type { Page, Request } from 'playwright-core'
import { launchChromium } from './chromium.ts'

/** As much as is needed here of the `monaco-editor` that GraphiQL leaves in a global. */
interface Monaco {
  editor: { getModels(): { uri: { path: string }; getValue(): string; setValue(text: string): void }[] }
}

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of what was asked.
type Answer = any

interface OpenedGraphiql extends AsyncDisposable {
  readonly page: Page
  /** Every address the page, its workers and its styles asked for, in order. */
  readonly requests: string[]
  /** Errors of the console, uncaught exceptions, refusals by the Content-Security-Policy, failed requests. */
  readonly consoleErrors: string[]
  /** Does something that sends a query, and gives what then stands in the response pane. */
  answerTo(action: () => Promise<unknown>): Promise<Answer>
  /** Runs what stands in the open tab. */
  run(): Promise<Answer>
  /** Puts an operation into the open tab. */
  write(operation: string): Promise<void>
  /** What stands in the response pane now. */
  shown(): Promise<Answer>
  /** Opens an example of the panel by its name. */
  openExample(name: string): Promise<void>
  /** Loads the page again, with the same browser tab. */
  reload(): Promise<void>
}

/**
 * Opens GraphiQL of a running hub in a real browser as a first-time visitor, ready to run the example in its first
 * tab. Closing it closes the browser.
 *
 *     await using graphiql = await openGraphiql('http://127.0.0.1:4000')
 *     const { data } = await graphiql.run()
 */
export async function openGraphiql(baseUrl: string): Promise<OpenedGraphiql> {
  const browser = await launchChromium()
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const { requests, consoleErrors, loading } = await listenTo(page)
  const answerTo = async (action: () => Promise<unknown>) => {
    try {
      await action()
      return JSON.parse(await answerShown(page))
    } catch (cause) {
      const complaints = consoleErrors.join('\n') || 'nothing'
      throw new Error(`GraphiQL gave no answer. The page complained: ${complaints}`, { cause })
    }
  }
  try {
    await ready(page, () => page.goto(`${baseUrl}/graphiql`))
  } catch (error) {
    await browser.close()
    throw error
  }
  return {
    page,
    requests,
    consoleErrors,
    answerTo,
    run: () => answerTo(() => page.getByRole('button', { name: /^Execute query/ }).click()),
    write: async (operation) => {
      await page.evaluate((text) => {
        const { __MONACO } = globalThis as unknown as { __MONACO: Monaco }
        const models = __MONACO.editor.getModels()
        models.find((model) => model.uri.path.endsWith('operation.graphql'))!.setValue(text)
      }, operation)
      await read(page)
    },
    shown: async () => JSON.parse(await answerShown(page)),
    openExample: async (name) => {
      const panel = page.getByRole('region', { name: 'Examples' })
      if (!(await panel.isVisible())) await page.getByRole('button', { name: 'Show Examples' }).click()
      await panel.getByRole('button', { name }).click()
      await read(page)
    },
    reload: async () => {
      // Monaco may still be loading a worker, which would be broken off and complained of. If that takes
      // too long, on a busy machine, the complaints are of our own making.
      for (let waits = 0; loading.size > 0 && waits < 100; waits++) await page.waitForTimeout(50)
      const brokenOff = [...loading].map((request) => request.url())
      const before = consoleErrors.length
      await ready(page, () => page.reload())
      const since = consoleErrors.splice(before)
      consoleErrors.push(...since.filter((text) => !brokenOff.some((url) => text.includes(url))))
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** The page stands before Monaco has arrived; there is nothing to run until an example is in the editor. */
async function ready(page: Page, open: () => Promise<unknown>): Promise<void> {
  await Promise.all([
    page.waitForResponse((response) => response.request().postData()?.includes('__schema') ?? false),
    open(),
  ])
  await page.locator('.graphiql-query-editor .view-line').first().waitFor()
}

/** GraphiQL reads the operation's name 100 ms after the text has changed, and shows nothing when it has. */
async function read(page: Page): Promise<void> {
  await page.waitForTimeout(500)
}

async function listenTo(page: Page) {
  const requests: string[] = []
  const consoleErrors: string[] = []
  const loading = new Set<Request>()
  // Of the context, not of the page: it also reports what workers load.
  page.context().on('request', (request) => {
    if (/^https?:/.test(request.url())) requests.push(request.url())
    loading.add(request)
  })
  page.context().on('requestfinished', (request) => loading.delete(request))
  page.context().on('requestfailed', (request) => {
    loading.delete(request)
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
  return { requests, consoleErrors, loading }
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

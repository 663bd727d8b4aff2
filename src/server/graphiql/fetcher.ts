import type { GraphiQL } from 'graphiql'
import type { ComponentProps } from 'react'
import { eventsOf, isSubscription } from './events.ts'
import { lastRefusal, refusalIn } from './refusals.ts'
import { type Viewer, whoAsks } from './viewers.ts'

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher']

/**
 * One POST to the hub, as a dashboard would send it, with the token of whoever is chosen; a subscription is sent to where
 * events are answered. An answer that is not JSON (a proxy's error page, a hub that is not running) is shown for what it
 * is, instead of as a parser's complaint.
 */
export const askTheHub: Fetcher = async (operation, options = {}) => {
  const viewer = await whoAsks()
  const headers = headersOf(viewer, options.headers)
  const read = async (response: Response) => {
    const answer = await answerIn(response)
    lastRefusal.set(refusalIn(answer, askerOf(viewer, headers)))
    return answer
  }
  if (isSubscription(operation, options)) {
    lastRefusal.set(undefined)
    return eventsOf(operation, headers, read)
  }
  return read(await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(operation) }))
}

async function answerIn(response: Response) {
  const text = await response.text()
  return (
    parsed(text) ?? {
      errors: [
        { message: `The hub answered ${response.status} ${response.statusText}: ${text.slice(0, 500)}` },
      ],
    }
  )
}

/** What is written under Headers comes before what the menu says. */
function headersOf(viewer: Viewer | undefined, written: Record<string, string> = {}): Headers {
  const headers = new Headers({
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
  })
  if (viewer) headers.set('authorization', `Bearer ${viewer.token}`)
  for (const [name, value] of Object.entries(written)) headers.set(name, value)
  return headers
}

function askerOf(viewer: Viewer | undefined, headers: Headers): string | undefined {
  const sent = headers.get('authorization')
  if (sent === null) return undefined
  return viewer && sent === `Bearer ${viewer.token}` ? viewer.name : 'Whoever the token under Headers is for'
}

function parsed(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import type { GraphiQL } from 'graphiql'
import type { ComponentProps } from 'react'

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher']

/**
 * One POST to the hub, as a dashboard would send it. An answer that is not JSON (a proxy's error page, a hub that
 * is not running) is shown for what it is, instead of as a parser's complaint.
 */
export const askTheHub: Fetcher = async (operation, { headers } = {}) => {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(operation),
  })
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    return {
      errors: [
        { message: `The hub answered ${response.status} ${response.statusText}: ${text.slice(0, 500)}` },
      ],
    }
  }
}

import type { GraphiQL } from 'graphiql'
import { type ExecutionResult, getOperationAST, OperationTypeNode } from 'graphql'
import { createClient, NetworkError } from 'graphql-sse'
import type { ComponentProps } from 'react'

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher']
type Operation = Parameters<Fetcher>[0]

/** Where GraphiQL wants the results of a subscription. */
interface Sink {
  next(result: ExecutionResult): void
  error(cause: unknown): void
  complete(): void
}

/** Whether what is about to be sent is a subscription, by what stands in the editor. */
export function isSubscription({ operationName }: Operation, options: Parameters<Fetcher>[1]): boolean {
  const document = options?.documentAST
  const operation = document && getOperationAST(document, operationName)
  return operation?.operation === OperationTypeNode.SUBSCRIPTION
}

/**
 * A subscription at the hub, as GraphiQL takes it: each result replaces the one before in the response pane, until it is
 * stopped there. A refusal, which comes as an ordinary answer, is handed to `refused`, and what that returns is shown.
 */
export function eventsOf(
  { query, variables, operationName }: Operation,
  headers: Headers,
  refused: (response: Response) => Promise<ExecutionResult>,
) {
  const client = createClient({
    url: '/graphql/stream',
    headers: Object.fromEntries(headers),
    // Whoever looks on should see that it broke off.
    retryAttempts: 0,
  })
  return {
    subscribe(sink: Sink) {
      const unsubscribe = client.subscribe<ExecutionResult['data']>(
        { query, variables, operationName: operationName ?? undefined },
        {
          next: (result) => sink.next(result as ExecutionResult),
          complete: () => sink.complete(),
          error: async (cause) => {
            const response = cause instanceof NetworkError ? (cause.response as Response) : undefined
            if (!response) return sink.error(cause)
            sink.next(await refused(response))
            sink.complete()
          },
        },
      )
      return { unsubscribe }
    },
  }
}

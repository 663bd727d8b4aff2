import { createSourceEventStream, type ExecutionResult, execute, OperationTypeNode } from 'graphql'
import type { Context } from '../contract/context.ts'
import { badInput } from '../kernel/errors.ts'
import type { AskedRequest } from './admission/asked.ts'
import { admittedOperation, type Checks, executionOf } from './operation.ts'

/** The results of a subscription, one after the other; or the one result with errors of a subscription that cannot begin. */
export type Subscribed = AsyncIterableIterator<ExecutionResult> | ExecutionResult

/**
 * Runs a subscription for a door that sends events: admitted and passed by the gate as every operation is. Its field's
 * `subscribe` says when to look; each time the operation is run anew, in a context of its own, so that every result is what
 * the viewer may see at that moment. A result that is the same as the one before is left out: that something he may not see
 * has changed is not told either.
 *
 * Results are made when they are asked for, and `return` ends them at once, also while `next` waits.
 *
 * @throws Fault TOO_COMPLEX, BAD_USER_INPUT, UNAUTHENTICATED or FORBIDDEN for an operation that does not run; GraphQLError
 *   for a wrong argument. Errors of one that runs are in the results, and are the door's to mask.
 */
export async function subscribeTo(
  checks: Checks,
  asked: AskedRequest,
  newContext: () => Context,
): Promise<Subscribed> {
  const operation = admittedOperation(checks, asked)
  if (operation.operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    throw badInput('query', 'Queries and mutations are answered at /graphql.', 'Send it there.')
  }
  const context = newContext()
  await checks.gate.pass(operation, context)
  const execution = executionOf(checks, operation)
  const events = await createSourceEventStream({ ...execution, contextValue: context })
  if (!(Symbol.asyncIterator in events)) return events
  return resultsOf(events, async (rootValue) => {
    const contextValue = newContext()
    const result = await execute({ ...execution, rootValue, contextValue })
    await checks.gate.ended(operation, contextValue)
    return result
  })
}

/** No generator: `return` would wait for the event that one is waiting for. */
function resultsOf(
  source: AsyncIterable<unknown>,
  answer: (event: unknown) => Promise<ExecutionResult>,
): AsyncIterableIterator<ExecutionResult> {
  const events = source[Symbol.asyncIterator]()
  let last: string | undefined
  return {
    async next() {
      for (;;) {
        const event = await events.next()
        if (event.done) return { done: true, value: undefined }
        const result = await answer(event.value)
        const text = JSON.stringify(result)
        if (text === last) continue
        last = text
        return { done: false, value: result }
      }
    },
    async return() {
      await events.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

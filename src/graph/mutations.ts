import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import { recordAudit, recordFailure } from '../access/audit/audit.ts'
import { enterPostings } from '../budgets/ledger.ts'
import type { Change, ChangeFacts, Context, Posting } from '../contract/context.ts'
import { Outcome, Refused } from '../contract/outcome.ts'
import type { Query } from '../db/database.ts'
import { answerTo } from './answers/answer.ts'
import { recall, remember, type Sent, sentWithKey } from './answers/memory.ts'

/**
 * Gives every mutation one transaction and one event of the audit trail in it: what is not recorded does not happen,
 * and no mutation can forget either. A mutation that throws is rolled back and recorded as refused or failed. One that
 * was sent before with the same key is not done again, but answered as it was.
 */
export function recordMutations(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    if (!field.resolve) continue
    const resolve = recorded(field.name, field.resolve)
    field.resolve = async (source, args, context, info) => {
      const result = await resolve(source, args, context, info)
      return result instanceof Outcome ? answerTo(result, schema) : result
    }
  }
}

function recorded(
  name: string,
  resolve: GraphQLFieldResolver<unknown, unknown>,
): GraphQLFieldResolver<unknown, Context> {
  const what = `Mutation.${name}`
  return async (source, args, context, info) => {
    let facts: ChangeFacts = {}
    const note: Change['note'] = (more) => {
      facts = { ...facts, ...more }
    }
    const event = () => ({ what, action: 'MUTATION' as const, ...withoutOutcome(facts) })
    try {
      const sent = sentWithKey(name, args)
      try {
        const work = async (query: Query) => {
          const before = sent && (await recall(query, sent, context))
          // Not spread: the dates of a context stand on its prototype.
          const postings: Posting[] = []
          const post: Change['post'] = (more) => postings.push(...more)
          const change: Change = { query, note, post }
          const changing: Context = Object.create(context, { change: { value: change } })
          const result = before ?? (await resolve(source, args, changing, info))
          const isRefused = facts.refused || before?.isRefusal
          await recordAudit(query, context, { ...event(), outcome: isRefused ? 'REFUSED' : 'DONE' })
          if (sent && !before && result instanceof Outcome) await remember(query, sent, result, context)
          await enterPostings(query, postings, context)
          return result
        }
        return await context.db.transaction(work, { keepsPlans: true })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        return await refusedOutcome(error.outcome, sent, event(), context)
      }
    } catch (error) {
      await recordFailure(context, event(), error)
      throw error
    }
  }
}

/** Its transaction is rolled back with all that it did; what is left of it is the record, and the answer. */
function refusedOutcome(
  outcome: Outcome,
  sent: Sent | undefined,
  event: Omit<Parameters<typeof recordAudit>[2], 'outcome'>,
  context: Context,
): Promise<Outcome> {
  return context.db.transaction(async (query) => {
    const before = sent && (await recall(query, sent, context))
    if (sent && !before) await remember(query, sent, outcome, context)
    const answer = before ?? outcome
    await recordAudit(query, context, { ...event, outcome: answer.isRefusal ? 'REFUSED' : 'DONE' })
    return answer
  })
}

function withoutOutcome({ refused, ...facts }: ChangeFacts) {
  return facts
}

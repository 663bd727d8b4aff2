import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import { recordAudit, recordFailure } from '../access/audit/audit.ts'
import type { Change, ChangeFacts, Context } from '../contract/context.ts'

/**
 * Gives every mutation one transaction and one event of the audit trail in it: what is not recorded does not happen,
 * and no mutation can forget either. A mutation that throws is rolled back and recorded as refused or failed.
 */
export function recordMutations(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    if (field.resolve) field.resolve = recorded(field.name, field.resolve)
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
      return await context.db.transaction(async (query) => {
        const change: Change = { query, note }
        // Not spread: the dates of a context stand on its prototype.
        const changing: Context = Object.create(context, { change: { value: change } })
        const result = await resolve(source, args, changing, info)
        await recordAudit(query, context, { ...event(), outcome: facts.refused ? 'REFUSED' : 'DONE' })
        return result
      })
    } catch (error) {
      await recordFailure(context, event(), error)
      throw error
    }
  }
}

function withoutOutcome({ refused, ...facts }: ChangeFacts) {
  return facts
}

import { z } from 'zod'
import { areaCode, checkedInput, words } from '../contract/facts.ts'
import { idValue } from '../contract/id.ts'
import { subjectOf } from '../contract/subject.ts'
import type { Query } from '../db/database.ts'
import { badInput, Fault } from '../kernel/errors.ts'
import type { Changing } from './acting.ts'
import { type FundingSource, PayerKind } from './payer.entity.ts'

/** By kind of government: the table of the areas it governs, and a code as an example. */
const GOVERNED: Readonly<Partial<Record<PayerKind, { table: string; example: string }>>> = {
  PROVINCE: { table: 'province', example: '36' },
  REGENCY: { table: 'regency', example: '36.03' },
  VILLAGE: { table: 'village', example: '36.03.13.2010' },
}

/** What is told of a payer. A government of an area has the code of that area, and nobody else has one. */
export const payerFacts = {
  kind: z.enum(PayerKind),
  name: words(200),
  area: areaCode.optional(),
}

export interface PayerFacts {
  readonly kind: PayerKind
  readonly name: string
  readonly area?: string | null | undefined
}

/** Refines an object with {@link payerFacts}. */
export function checkPayer({ kind, area }: PayerFacts, context: z.RefinementCtx): void {
  const governed = GOVERNED[kind]
  if (area?.length === governed?.example.length) return
  const message = governed
    ? `must be the code of the area that a payer of the kind ${kind} governs, such as "${governed.example}"`
    : `is not for a payer of the kind ${kind}`
  context.addIssue({ code: 'custom', path: ['area'], message })
}

const NewPayer = z.strictObject(payerFacts).superRefine(checkPayer)

/**
 * Creates a payer.
 *
 * @returns its id.
 * @throws Fault BAD_USER_INPUT naming the field; CONFLICT when it is there already, or its area has its government.
 */
export async function createPayer({ change }: Changing, input: PayerFacts): Promise<string> {
  const { kind, name, area } = checkedInput(NewPayer, input)
  const { query, note } = change
  if (area !== undefined) await checkGovernment(kind, area, query)
  const [created] = await query<{ id: string }>(
    `/* payer.create */ insert into payer (kind, name, area_code) values ($1, $2, $3)
    on conflict on constraint payer_kind_name_unique do nothing
    returning id`,
    [kind, name, area ?? null],
  )
  if (!created) {
    throw new Fault('CONFLICT', 'There is a payer of this kind and name already.', {
      field: 'input.name',
      remedy: 'Use that one: payers lists them.',
    })
  }
  const id = String(created.id)
  note({ subject: subjectOf('Payer', id) })
  return id
}

/** A second government of an area would be a second payer of its people: usually the same one, spelled otherwise. */
async function checkGovernment(kind: PayerKind, area: string, query: Query): Promise<void> {
  // Two who create one at the same time wait for each other.
  await query(`/* payer.queue */ select pg_advisory_xact_lock(hashtext('payer of ' || $1))`, [area])
  const [found] = await query<{ known: boolean; government: string | null }>(
    `/* payer.government */ select exists (select from ${GOVERNED[kind]!.table} where code = $1) as known,
      (select name from payer where area_code = $1 limit 1) as government`,
    [area],
  )
  if (!found!.known) throw badInput('input.area', `There is no area ${area} of this kind.`, 'Check the code.')
  if (found!.government === null) return
  throw new Fault('CONFLICT', `${found!.government} governs ${area} already.`, {
    field: 'input.area',
    remedy: 'Use that payer: a government is one payer, under one name.',
  })
}

/**
 * Of what kind a payer is.
 *
 * @param field that names it: `input.payer`.
 * @throws Fault BAD_USER_INPUT when there is none of this id.
 */
export async function getPayerKind(query: Query, id: string, field: string): Promise<PayerKind> {
  const [found] = await query<{ kind: PayerKind }>(`/* payer.kind */ select kind from payer where id = $1`, [
    idValue(id),
  ])
  if (!found) throw badInput(field, 'There is no payer of this id.', 'Look it up with payers.')
  return found.kind
}

/**
 * Checks that people who pay for themselves do it from their own money, and nobody else does: what is SELF is charged to
 * no budget, and stands beside what others pay.
 *
 * @throws Fault BAD_USER_INPUT about `input.fundingSource`.
 */
export function checkFundingSource(kind: PayerKind, source: FundingSource): void {
  if ((kind === 'SELF') === (source === 'SELF')) return
  if (kind === 'SELF')
    throw badInput('input.fundingSource', 'People who pay for themselves pay from SELF.', 'Say SELF.')
  throw badInput(
    'input.fundingSource',
    `A payer of the kind ${kind} does not pay from SELF: that is the money of people who pay for themselves.`,
    'Name its source, or a payer of the kind SELF.',
  )
}

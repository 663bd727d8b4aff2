import { createHash, createHmac } from 'node:crypto'
import { keyNamed } from '../../access/vault/vault.ts'
import type { Context } from '../../contract/context.ts'
import { type Facts, Outcome } from '../../contract/outcome.ts'
import type { Query } from '../../db/database.ts'
import { badInput, Fault } from '../../kernel/errors.ts'
import type { NikKey } from '../../kernel/nik-keys.ts'

/** A mutation that was sent with an idempotency key. */
export interface Sent {
  readonly mutation: string
  readonly key: string
  readonly input: object
}

const SHORTEST_KEY = 8
const LONGEST_KEY = 200
const REMEMBERED_DAYS = 30

/**
 * The mutation as it was sent, when it was sent with a key.
 *
 * @throws Fault BAD_USER_INPUT for a key that is too short or too long.
 */
export function sentWithKey(mutation: string, args: Readonly<Record<string, unknown>>): Sent | undefined {
  const input = args.input as { idempotencyKey?: string | null } | undefined
  const key = input?.idempotencyKey
  if (input === undefined || key == null) return undefined
  if (key.length < SHORTEST_KEY || key.length > LONGEST_KEY)
    throw badInput(
      'input.idempotencyKey',
      'A key has 8 to 200 characters.',
      'Make a new UUID for each change.',
    )
  return { mutation, key, input }
}

/**
 * Takes a key for this transaction. Whoever sends the same key meanwhile waits for its end.
 *
 * @returns how the mutation ended the first time; undefined when this is the first time.
 * @throws Fault CONFLICT when the key was sent with something else.
 */
export async function recall(query: Query, sent: Sent, context: Context): Promise<Outcome | undefined> {
  const [current] = context.nikKeys
  const key = [context.viewer.subject, hashed(sent)]
  const taken = await query(
    `/* answer.take_key */ with old as (
      delete from remembered_answer where (subject, key_hash) in (
        select subject, key_hash from remembered_answer
        where at < now() - make_interval(days => ${REMEMBERED_DAYS}) and (subject, key_hash) <> ($1, $2)
        order by at limit 2 for update skip locked
      )
    )
    insert into remembered_answer (subject, key_hash, mutation, key_id, fingerprint)
    values ($1, $2, $3, $4, $5) on conflict do nothing returning 1`,
    [...key, sent.mutation, current.id, fingerprint(sent, current)],
  )
  if (taken.length > 0) return undefined
  const [first] = await query<Remembered>(
    `/* answer.recall */ select mutation, key_id, fingerprint, answer from remembered_answer
      where subject = $1 and key_hash = $2`,
    key,
  )
  if (!first || !isSame(first, sent, context)) {
    throw new Fault('CONFLICT', 'This key was sent before with something else.', {
      field: 'input.idempotencyKey',
      remedy: 'Make a new key for each change.',
    })
  }
  const { type, key: thing, facts } = first.answer
  return new Outcome(type, thing, facts)
}

/** Keeps how a mutation ended, in the transaction that took its key. */
export async function remember(query: Query, sent: Sent, outcome: Outcome, context: Context): Promise<void> {
  const { type, key, facts } = outcome
  await query(
    `/* answer.remember */ update remembered_answer set answer = $3::jsonb where subject = $1 and key_hash = $2`,
    [context.viewer.subject, hashed(sent), JSON.stringify({ type, key, facts })],
  )
}

interface Remembered {
  readonly mutation: string
  readonly key_id: string
  readonly fingerprint: Uint8Array
  readonly answer: { readonly type: string; readonly key: string | null; readonly facts: Facts }
}

function isSame({ mutation, key_id, fingerprint: known }: Remembered, sent: Sent, context: Context): boolean {
  const key = context.nikKeys.some(({ id }) => id === key_id) ? keyNamed(key_id, context.nikKeys) : undefined
  return mutation === sent.mutation && key !== undefined && fingerprint(sent, key).equals(Buffer.from(known))
}

function hashed({ key }: Sent): Buffer {
  return createHash('sha256').update(key).digest()
}

/** Keyed, because an input may hold a NIK, and a plain hash of one can be tried out. */
function fingerprint({ mutation, input }: Sent, { hmacKey }: NikKey): Buffer {
  const text = JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
  return createHmac('sha256', hmacKey).update(`${mutation} ${text}`).digest()
}

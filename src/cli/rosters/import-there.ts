import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { SetupError } from '../../kernel/errors.ts'
import type { Progress } from '../../kernel/progress.ts'
import type { RosterState } from '../../rosters/roster.entity.ts'
import { type Import, type ImportedRoster, isOnItsWay } from './imported-roster.ts'

/** A hub that runs, and who asks there. */
export interface Server {
  /** `http://localhost:4000` */
  readonly url: string
  readonly token: string
}

/** Milliseconds between two looks at how far it has come. */
const LOOKS_EVERY = 500

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

const PROGRESS = 'query RosterImport($id: ID!) { roster(id: $id) { state rowCount done } }'
const SUMMARY = `query ImportedRoster($id: ID!) { roster(id: $id) {
  id state rowCount steps { reason }
  summary { cost fits overBudget outcomes { outcome rows } budgets { fiscalYear needed remaining } }
} }`

/** Sends a file to a hub that runs, and follows it until it is screened. */
export async function importThere(file: Import, server: Server, progress: Progress): Promise<ImportedRoster> {
  const { id, isNew } = await upload(file, server, progress)
  await followScreening(id, server, progress)
  const { steps, summary, ...roster } = await ask<Summary>(SUMMARY, id, server)
  return { ...roster, ...summary, isNew, reason: steps.at(-1)?.reason ?? null }
}

type Summary = Pick<ImportedRoster, 'id' | 'state' | 'rowCount'> & {
  readonly steps: readonly { readonly reason: string | null }[]
  readonly summary: Pick<ImportedRoster, 'outcomes' | 'cost' | 'fits' | 'overBudget' | 'budgets'>
}

async function upload(
  file: Import,
  server: Server,
  progress: Progress,
): Promise<{ id: string; isNew: boolean }> {
  const sending = progress.step('sending', file.size)
  const body = createReadStream(file.file).on('data', ({ length }) => sending.advance(length))
  const received = await call<{ id: string; isNew: boolean }>(server, `/rosters?${factsOf(file)}`, {
    // Told before, so that a file that is too large is refused before it is sent.
    headers: { 'content-type': TYPES[file.format], 'content-length': String(file.size) },
    body: Readable.toWeb(body),
  }).finally(() => body.destroy())
  sending.done()
  return received
}

function factsOf({ program, from, to, replaces }: Import): URLSearchParams {
  return new URLSearchParams({ program, from, to, ...(replaces != null && { replaces }) })
}

async function followScreening(id: string, server: Server, progress: Progress): Promise<void> {
  const look = () => ask<{ state: RosterState; rowCount: number; done: number }>(PROGRESS, id, server)
  let roster = await look()
  if (!isOnItsWay(roster.state)) return
  const screening = progress.step('screening', roster.rowCount)
  for (let shown = 0; isOnItsWay(roster.state); roster = await look()) {
    screening.advance(roster.done - shown)
    shown = roster.done
    await setTimeout(LOOKS_EVERY)
  }
  screening.done(`${roster.rowCount.toLocaleString('en')} rows`)
}

/** @throws SetupError that names the roster, which is there whatever became of the question. */
async function ask<Roster>(query: string, id: string, server: Server): Promise<Roster> {
  try {
    const { data } = await call<{ data: { roster: Roster | null } }>(server, '/graphql', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { id } }),
      // Perhaps it is this very file that keeps the hub busy.
      waitsFor: ENOUGH_BUSY_ANSWERS,
    })
    if (data.roster !== null) return data.roster
    throw new SetupError('The token does not show it.')
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    throw new SetupError(
      `The file is there, as roster ${id}, but how far it is cannot be seen. ${error.message}`,
    )
  }
}

/** So often in a row a hub may say that it is too busy to answer. */
const ENOUGH_BUSY_ANSWERS = 30

interface Call {
  readonly headers: Record<string, string>
  readonly body: RequestInit['body']
  /** How often it is asked again when it is too busy; a body that can be sent once only is not. */
  readonly waitsFor?: number
}

/** What a hub answers with; its refusals are thrown as SetupError. */
async function call<Answer>(
  { url, token }: Server,
  path: string,
  { headers, body, waitsFor = 0 }: Call,
): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${token}` },
    body,
    duplex: 'half',
  } as RequestInit).catch((cause: Error) => {
    throw new SetupError(`The hub at ${url} cannot be reached: ${reasonOf(cause)}.`, [], { cause })
  })
  const text = await response.text()
  if (response.status === 503 && waitsFor > 0) {
    await setTimeout(Number(response.headers.get('retry-after') ?? 1) * 1_000)
    return call({ url, token }, path, { headers, body, waitsFor: waitsFor - 1 })
  }
  const answer = parsed(text)
  const [error] = answer?.errors ?? []
  if (error) throw new SetupError([error.message, error.extensions?.remedy].filter(Boolean).join(' '))
  if (!response.ok || answer === undefined)
    throw new SetupError(`What is at ${url} is no hub: it answers ${response.status}.`)
  return answer as Answer
}

interface Refused {
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: { readonly remedy?: string }
  }[]
}

function parsed(text: string): Refused | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** fetch itself only says that it failed. */
function reasonOf({ message, cause }: Error): string {
  const { code, message: why } = (cause ?? {}) as NodeJS.ErrnoException
  return code ?? why ?? message
}

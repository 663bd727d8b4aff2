import type {
  DocumentNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql'
import { Fault } from '../kernel/errors.ts'
import { getOrSet } from '../kernel/get-or-set.ts'
import { coordinatesOf } from './coordinates.ts'
import type { Executor } from './executor.ts'
import { keyColumn, keyValue } from './key.ts'
import type { LeafFormats } from './leaf.ts'
import { type Guarded, Model, type PlannedType } from './model.ts'
import { Plan } from './plan.ts'
import { type Answering, Recorder, type Recording, replay } from './recording.ts'
import { type Rendered, render, type Statement, type Visibility } from './render.ts'
import { type SelectedField, Selections, type Variables } from './selection.ts'
import { type Sql, Value } from './sql.ts'
import type { Tables } from './tables.ts'

export interface PlannerOptions {
  readonly schema: GraphQLSchema
  readonly tables: Tables
  readonly formats: LeafFormats
  readonly execute: Executor
  readonly guarded: Guarded
}

/** What a request brings to the planner. The GraphQL context is one of these and more. */
export interface PlannedRequest {
  /** What this viewer may see of each table. */
  readonly visibility: Visibility
  /** Where statements are noted for `extensions.sql`; absent: nowhere. */
  readonly trace?: StatementTrace[] | undefined
  /** Why the fast path could not answer a root field, by response key: the plain path reports it and does not try again. */
  failures?: ReadonlyMap<string, unknown> | undefined
}

/** A statement as it ran: its text, how many values, its duration in milliseconds. */
export interface StatementTrace {
  readonly statement: string
  readonly values: number
  readonly ms: number
}

/** Plans and runs fields of one schema against one database. */
export class Planner {
  readonly model: Model
  readonly selections: Selections
  readonly #tables: Tables
  readonly #recordings = new WeakMap<SelectedField, Map<string, Recording[]>>()
  readonly #execute: Executor

  constructor({ schema, tables, formats, execute, guarded }: PlannerOptions) {
    this.model = new Model(schema, tables, formats, guarded)
    this.selections = new Selections(schema)
    this.#tables = tables
    this.#execute = execute
  }

  /** Whether a root field of Query is planned. */
  answers(field: GraphQLField<unknown, unknown>): boolean {
    return this.model.isPlannedRoot(field) || field.name === '_entities'
  }

  /** Whether the application answers a field once its row is found. */
  isLate(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
    return this.model.find(type.name)?.fields.get(field.name)?.kind === 'late'
  }

  /** Whether an operation selects a field that the application answers: it then takes the plain path. */
  endsLate(document: DocumentNode, operation: OperationDefinitionNode): boolean {
    const { schema, lateFields } = this.model
    if (lateFields.size === 0) return false
    return !lateFields.isDisjointFrom(coordinatesOf(schema, document, operation))
  }

  /** The JSON text of a planned root field. */
  async rootField(field: SelectedField, variables: Variables, request: PlannedRequest): Promise<string> {
    const answering = answeringOf(variables, request)
    const statement = await this.#recorded(field, '', [], answering, (plan) => plan.ofRootField(field))
    return textOf(await this.#run(statement, request))
  }

  /** The value of a described field, parsed, for graphql-js to complete. */
  async described(
    description: unknown,
    field: SelectedField,
    variables: Variables,
    request: PlannedRequest,
  ): Promise<unknown> {
    const plan = new Plan(this.model, answeringOf(variables, request), true)
    const rendered = render(await plan.ofDescription(description, field), this.#tables, request.visibility)
    return JSON.parse(textOf(await this.#run(statementOf(rendered), request)))
  }

  /**
   * The JSON texts of rows of one type by key, in the order of the keys; null for a key that names no row.
   * One statement, however many keys.
   */
  async byKeys(
    planned: PlannedType,
    keys: readonly string[],
    field: SelectedField,
    variables: Variables,
    request: PlannedRequest,
    namesConcreteTypes: boolean,
  ): Promise<(string | null)[]> {
    const answering = answeringOf(variables, request)
    const { type } = keyColumn(planned, this.#tables)
    const given = new Value(keys.map((key) => keyValue(type, key)))
    const shown = `${planned.type.name}${namesConcreteTypes}`
    const statement = await this.#recorded(
      field,
      shown,
      [given],
      answering,
      (plan) => plan.ofKeys(planned, given, field),
      namesConcreteTypes,
    )
    const texts = new Array<string | null>(keys.length).fill(null)
    for (const [n, text] of await this.#run(statement, request)) texts[Number(n) - 1] = text ?? null
    return texts
  }

  /** The statement of a plan: from a recording of the same shape, or planned and recorded now. */
  async #recorded(
    field: SelectedField,
    shown: string,
    given: readonly Value[],
    answering: Answering,
    make: (plan: Plan) => Promise<Sql>,
    namesConcreteTypes = false,
  ): Promise<Statement> {
    const ofField = getOrSet(this.#recordings, field, () => new Map<string, Recording[]>())
    const recordings = getOrSet(ofField, shown, () => [])
    const replayed = await replay(recordings, this.#tables, answering, given)
    if (replayed) return replayed

    const recorder = new Recorder(this.#tables, answering, given)
    const plan = new Plan(this.model, (asked, parent) => recorder.describe(asked, parent), namesConcreteTypes)
    const rendered = render(await make(plan), this.#tables, recorder.visibility)
    const recording = recorder.finish(rendered)
    // Requests that came together with the first of their shape have planned it too.
    const isNew = recordings.every(({ text }) => text !== rendered.text)
    if (recording && isNew) recordings.unshift(recording)
    if (recordings.length > MOST_RECORDINGS) recordings.pop()
    return statementOf(rendered)
  }

  async #run(statement: Statement, request: PlannedRequest) {
    const started = request.trace ? performance.now() : 0
    try {
      return await this.#execute(statement)
    } catch (error) {
      throw explained(error)
    } finally {
      request.trace?.push(traceOf(statement, started))
    }
  }
}

/** Shapes kept for one field of one operation: filters and cursors given or not make a few, callers could make many. */
const MOST_RECORDINGS = 8

function answeringOf(variables: Variables, request: PlannedRequest): Answering {
  return (asked, parent) =>
    'entity' in asked
      ? request.visibility(asked.entity, parent!, asked.reading)
      : asked.describe(parent, asked.field.args(variables), request, NO_INFO)
}

/** A describing resolver is told the shape of its parent, not a row: no execution stands behind it. */
const NO_INFO = undefined as never

function statementOf({ text, values }: Rendered): Statement {
  return { text, values: values.map(({ value }) => value) }
}

function textOf(rows: Awaited<ReturnType<Executor>>): string {
  return rows[0]?.[0] ?? 'null'
}

function traceOf({ text, values }: Statement, started: number): StatementTrace {
  return { statement: text, values: values.length, ms: Math.round((performance.now() - started) * 100) / 100 }
}

/** SQLSTATEs of a text that PostgreSQL cannot read as the type it is compared with. */
const UNREADABLE: ReadonlySet<unknown> = new Set(['22P02', '22003', '22007', '22008'])

/** SQLSTATE of a text with a character that no text may hold: a zero byte. */
const IMPOSSIBLE_CHARACTER = '22021'

/** What is the caller's to correct; every other failure is the hub's own. */
function explained(error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === IMPOSSIBLE_CHARACTER) {
    return new Fault('BAD_USER_INPUT', 'A text holds a zero byte.', { remedy: 'Leave it out.', cause: error })
  }
  // Everything else that reaches PostgreSQL as text was checked before; only a cursor's keys were not.
  if (!UNREADABLE.has(code)) return error
  const remedy = 'Pass cursors as they were returned.'
  return new Fault('BAD_USER_INPUT', 'The cursor is malformed.', { field: 'after', remedy, cause: error })
}

import type { EntitySchema } from '@mikro-orm/core'
import type { GraphQLFieldResolver } from 'graphql'
import type { Rendered, Statement, Visibility, Visible } from './render.ts'
import type { SelectedField } from './selection.ts'
import { Shapes, sameShape, type Token } from './shape.ts'
import { type Ref, sourceOf, type Value } from './sql.ts'
import type { Tables } from './tables.ts'

/**
 * Planning costs more than a small statement takes to run, and most of it is the same for every request with the
 * same operation. So a plan is recorded: which resolvers it asked, with which symbolic parents, what shape their
 * descriptions had, and the text it led to. The next request asks the same resolvers again, because only they know
 * the values; as long as every shape is the recorded one, the recorded text is the statement, and only its values
 * are new. A different shape (another filter, a cursor, a viewer of another kind) is planned, and recorded
 * beside the first.
 */
export interface Recording {
  readonly questions: readonly Question[]
  readonly text: string
  /** For each `$n`, the number of its value in the shapes. */
  readonly values: readonly number[]
}

/** Something the plan asked: a describing resolver, or what may be seen of a table. */
interface Question {
  readonly parent: { readonly number: number; readonly row: Ref<unknown> } | undefined
  readonly asked: Asked
  readonly shape: readonly Token[]
}

export type Asked =
  | { readonly describe: GraphQLFieldResolver<unknown, unknown>; readonly field: SelectedField }
  | { readonly entity: EntitySchema; readonly reading: string | undefined }

/** How this request answers a question of the plan: calls the resolver, or the viewer's rules. */
export type Answering = (asked: Asked, parent: Ref<unknown> | undefined) => unknown

/** Notes what a plan asks while it is made. */
export class Recorder {
  readonly #questions: Question[] = []
  readonly #shapes: Shapes

  constructor(
    tables: Tables,
    readonly answering: Answering,
    given: readonly Value[],
  ) {
    this.#shapes = new Shapes(tables)
    for (const value of given) this.#shapes.value(value)
  }

  async describe(asked: Asked, parent: Ref<unknown> | undefined): Promise<unknown> {
    const known = parent && { number: this.#shapes.source(sourceOf(parent)), row: parent }
    const description = await this.answering(asked, parent)
    this.#questions.push({ parent: known, asked, shape: this.#shapes.of(description) })
    return description
  }

  readonly visibility: Visibility = (entity, row, reading) => {
    const known = { number: this.#shapes.source(sourceOf(row)), row }
    const asked = { entity, reading }
    const visible = this.answering(asked, row) as Visible | undefined
    this.#questions.push({ parent: known, asked, shape: this.#shapes.ofVisible(visible) })
    return visible
  }

  /** The recording of the finished plan; undefined when a value in it came from nowhere the recorder saw. */
  finish({ text, values }: Rendered): Recording | undefined {
    const numbers = values.map((value) => this.#shapes.numberOf(value))
    if (!numbers.every((number) => number !== undefined)) return undefined
    return { questions: this.#questions, text, values: numbers }
  }
}

/**
 * The statement of the recording whose shapes this request has; undefined when none has them. Recordings of one
 * field ask the same question as long as their shapes agree, so each is asked once for all.
 */
export async function replay(
  recordings: readonly Recording[],
  tables: Tables,
  answering: Answering,
  given: readonly Value[],
): Promise<Statement | undefined> {
  const shapes = new Shapes(tables)
  for (const value of given) shapes.value(value)
  let candidates = recordings
  for (let i = 0; ; i++) {
    const [candidate] = candidates
    if (!candidate) return undefined
    const question = candidate.questions[i]
    if (!question)
      return { text: candidate.text, values: candidate.values.map((n) => shapes.values[n]!.value) }
    const answer = answering(question.asked, parentOf(question, shapes))
    const shape =
      'entity' in question.asked
        ? shapes.ofVisible(answer as Visible | undefined)
        : shapes.of(answer instanceof Promise ? await answer : answer)
    candidates = candidates.filter(({ questions }) => sameShape(questions[i]!.shape, shape))
  }
}

/** The row of this request's own description where there is one: it carries this request's facts; else the plan's. */
function parentOf({ parent }: Question, shapes: Shapes): Ref<unknown> | undefined {
  if (!parent) return undefined
  const own = shapes.rows.get(parent.number)
  if (own) return own
  shapes.source(sourceOf(parent.row))
  return parent.row
}

import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { Random } from './random.ts'

/** What the generator knows of the data: values that exist, so that operations find something. */
export interface KnownValues {
  readonly areas: readonly string[]
  readonly programs: readonly string[]
  readonly niks: readonly string[]
  /** Cursors of the lists of a type of node. */
  readonly cursors: ReadonlyMap<string, readonly string[]>
  /** Types with a key, and the name of the key. */
  readonly keys: ReadonlyMap<string, string>
}

/** Where a value is wanted. */
export interface Place {
  /** The argument or input field. */
  readonly name: string
  /** The type of the list's nodes, for arguments of a connection. */
  readonly node?: string | undefined
}

export interface Drawn {
  readonly value: unknown
  /** Whether the hub may refuse the value, so that the operation may fail. */
  readonly mayBeRefused: boolean
}

const INSTANTS = ['2000-01-01T00:00:00Z', '2026-11-22T12:00:00.123+07:00', '2999-12-31T23:59:59Z']
const MONTHS = ['2022-11', '2022-12', '2023-01', '2023-05', '2023-06', '2024-01', '2019-02']
const TEXTS = ['kab', 'TANGERANG', '', 'a', "'", '\\', '%', 'é', '🌂', '"', 'x\ny']
const IDS = ['0', '-1', '007', 'abc', '', '99999999999999999999', '9223372036854775807', '1e3', ' 1']
const REFUSED_SIZES = [0, 201, -1]
const FOREIGN_CURSORS = ['', 'abc', '%%%', 'WzFd', 'e30', 'WyIxIiwiMiIsIjMiXQ']

/** Values for arguments, of every input type of the hub: those that exist in the data, and those that do not. */
export class ArgumentValues {
  constructor(
    readonly known: KnownValues,
    readonly random: Random,
  ) {}

  draw(type: GraphQLInputType, place: Place): Drawn {
    const { random } = this
    const bare = getNullableType(type)
    if (!isNonNullType(type) && random.chance(0.06)) return fine(null)
    if (isListType(bare)) return this.#list(bare.ofType, place)
    if (isEnumType(bare)) return fine(random.pick(bare.getValues()).name)
    if (isInputObjectType(bare)) {
      const members: [string, unknown][] = []
      let mayBeRefused = false
      for (const field of Object.values(bare.getFields())) {
        if (!isNonNullType(field.type) && !random.chance(0.35)) continue
        const drawn = this.draw(field.type, { name: field.name })
        members.push([field.name, drawn.value])
        mayBeRefused ||= drawn.mayBeRefused
      }
      // Two months of one input form a period, which must not end before it starts.
      return { value: Object.fromEntries(members), mayBeRefused: mayBeRefused || 'to' in bare.getFields() }
    }
    return this.#scalar(bare.name, place)
  }

  #list(item: GraphQLInputType, place: Place): Drawn {
    const { random } = this
    const drawn = Array.from({ length: random.pick([0, 1, 1, 2, 2, 3, 4]) }, () => this.draw(item, place))
    const mayBeRefused = drawn.some((one) => one.mayBeRefused)
    // GraphQL takes one value where a list is wanted.
    if (drawn.length === 1 && drawn[0]!.value !== null && random.chance(0.3)) return drawn[0]!
    return { value: drawn.map(({ value }) => value), mayBeRefused }
  }

  #scalar(scalar: string, { name, node }: Place): Drawn {
    const { random, known } = this
    switch (scalar) {
      case 'AreaCode':
        return fine(
          random.chance(0.85) ? random.pick(known.areas) : random.pick(['99', '36.99', '36.03.99.2001']),
        )
      case 'Month':
        return { value: random.pick(MONTHS), mayBeRefused: name === 'from' || name === 'to' }
      case 'DateTimeISO':
        return fine(random.pick(INSTANTS))
      case 'Boolean':
        return fine(random.chance(0.5))
      case 'Int':
        return this.#int(name)
      case 'ID':
        return fine(this.#id(name))
      case '_Any':
        return this.#representation()
      case 'String':
        if (name === 'after') return this.#cursor(node)
        if (name === 'code')
          return fine(random.chance(0.8) ? random.pick(known.programs) : random.pick(TEXTS))
        return fine(name === 'nik' ? random.pick(known.niks) : random.pick(TEXTS))
      default:
        throw new Error(`no values are known for the scalar ${scalar}`)
    }
  }

  #int(name: string): Drawn {
    const { random } = this
    if (name === 'fiscalYear') return fine(random.pick([2022, 2023, 2023, 1999, 2_147_483_647]))
    if (name !== 'first') return fine(random.from(-1, 10))
    if (random.chance(0.04)) return { value: random.pick(REFUSED_SIZES), mayBeRefused: true }
    return fine(random.pick([1, 2, 2, 3, 5, 7, 50, 200]))
  }

  #id(name: string): string | number {
    const { random, known } = this
    if (random.chance(0.1)) return random.pick(IDS)
    if (name.startsWith('program') && random.chance(0.9)) return random.pick(known.programs)
    const id = random.from(1, 14)
    return random.chance(0.3) ? id : String(id)
  }

  #cursor(node: string | undefined): Drawn {
    const { random, known } = this
    const cursors = known.cursors.get(node ?? '') ?? []
    // A cursor of another order of the same nodes may be refused, too.
    if (cursors.length > 0 && random.chance(0.85)) {
      return { value: random.pick(cursors), mayBeRefused: node === 'Worker' }
    }
    return { value: random.pick(FOREIGN_CURSORS), mayBeRefused: true }
  }

  #representation(): Drawn {
    const { random, known } = this
    if (random.chance(0.03)) {
      const wrong = random.pick([
        { __typename: 'Nobody', id: '1' },
        { __typename: 'Worker' },
        { __typename: 'Charge', id: 1 },
      ])
      return { value: wrong, mayBeRefused: true }
    }
    const [typeName, key] = random.pick([...known.keys])
    const value =
      typeName === 'CoverageProgram'
        ? random.pick([...known.programs, 'no such program'])
        : key === 'code'
          ? random.pick(known.areas)
          : this.#id('id')
    return fine({ __typename: typeName, [key]: value, ...(random.chance(0.2) && { note: 'ignored' }) })
  }
}

function fine(value: unknown): Drawn {
  return { value, mayBeRefused: false }
}

import {
  doTypesOverlap,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql'
import { ArgumentValues, type KnownValues, type Place } from './argument-values.ts'
import type { Random } from './random.ts'

export interface RandomOperation {
  readonly text: string
  /** Values to run the operation with: the same document must give the right answer for each. */
  readonly variables: readonly Record<string, unknown>[]
  /** Whether a value is in it that the hub may refuse. */
  readonly mayBeRefused: boolean
}

/** Which fields and arguments the operations of a run selected. */
export type Usage = Map<string, number>

const DEEPEST = 6
const LONG_KEY = 'a_response_key_that_is_longer_than_the_63_bytes_which_postgresql_keeps'

/** Makes operations that are valid over a schema, by drawing from it at random and throwing the invalid ones away. */
export function randomOperation(
  schema: GraphQLSchema,
  known: KnownValues,
  random: Random,
  usage: Usage,
): RandomOperation {
  for (;;) {
    const attempt = new Attempt(schema, new ArgumentValues(known, random), random, usage)
    const operation = attempt.operation()
    if (validate(schema, parse(operation.text)).length === 0) {
      for (const used of attempt.used) usage.set(used, (usage.get(used) ?? 0) + 1)
      return operation
    }
  }
}

/** What is selected at one place of the response, so that the same key is not asked to be two things. */
class Response {
  readonly keys = new Map<string, { readonly meaning: string; readonly below: Response }>()
  constructor(readonly prefix: string = '') {}
}

interface Variable {
  readonly type: string
  readonly defaultText: string | undefined
  readonly values: readonly unknown[]
}

/** In place of a variable's value: the variable is not given. */
const ABSENT = Symbol('absent')

const SETS_OF_VARIABLES = 2

class Attempt {
  readonly used: string[] = []
  readonly #fragments: { name: string; on: GraphQLCompositeType; text: string }[] = []
  readonly #variables = new Map<string, Variable>()
  readonly #composites: readonly GraphQLCompositeType[]
  #fieldsLeft: number
  #keys = 0
  #mayBeRefused = false

  constructor(
    readonly schema: GraphQLSchema,
    readonly values: ArgumentValues,
    readonly random: Random,
    readonly usage: Usage,
  ) {
    this.#fieldsLeft = random.pick([4, 8, 15, 25, 40])
    this.#composites = Object.values(schema.getTypeMap()).filter(
      (type) => isCompositeType(type) && !type.name.startsWith('__'),
    ) as GraphQLCompositeType[]
  }

  operation(): RandomOperation {
    const selections = this.#selections(this.schema.getQueryType()!, 0, new Response())
    const definitions = [...this.#variables].map(
      ([name, { type, defaultText }]) => `$${name}: ${type}${defaultText ? ` = ${defaultText}` : ''}`,
    )
    const fragments = this.#fragments.map(({ name, on, text }) => `fragment ${name} on ${on.name} ${text}`)
    const head = definitions.length > 0 ? `query Random(${definitions.join(', ')}) ` : 'query Random '
    const sets = this.#variables.size > 0 ? SETS_OF_VARIABLES : 1
    return {
      text: [`${head}${selections}`, ...fragments].join('\n'),
      variables: Array.from({ length: sets }, (_, n) => this.#given(n)),
      mayBeRefused: this.#mayBeRefused,
    }
  }

  #given(set: number): Record<string, unknown> {
    const given = [...this.#variables].map(([name, { values }]) => [name, values[set]] as const)
    return Object.fromEntries(given.filter(([, value]) => value !== ABSENT))
  }

  #selections(type: GraphQLCompositeType, depth: number, response: Response): string {
    const { random } = this
    const selections: string[] = []
    const wanted = depth === 0 ? random.from(1, 3) : random.from(1, 5)
    for (let n = 0; n < wanted && (this.#fieldsLeft > 0 || n === 0); n++) {
      const kind = isUnionType(type) ? random.next() * 0.3 : random.next()
      if (kind < 0.06) selections.push(this.#typename(response))
      else if (kind < 0.2 && depth < DEEPEST) selections.push(this.#inlineFragment(type, depth, response))
      else if (kind < 0.3 && depth < DEEPEST) selections.push(this.#spread(type, depth))
      else if (isUnionType(type)) selections.push(this.#typename(response))
      else selections.push(...this.#field(type, depth, response))
    }
    return `{ ${selections.join(' ')} }`
  }

  #typename(response: Response): string {
    const key = this.random.chance(0.3) ? this.#freshKey(response) : '__typename'
    response.keys.set(key, { meaning: '__typename', below: new Response() })
    return `${key === '__typename' ? key : `${key}: __typename`}${this.#directives()}`
  }

  #inlineFragment(type: GraphQLCompositeType, depth: number, response: Response): string {
    const on = this.#overlapping(type)
    const condition = on === type && this.random.chance(0.5) ? '' : ` on ${on.name}`
    return `...${condition}${this.#directives()} ${this.#selections(on, depth, response)}`
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const usable = this.#fragments.filter(({ on }) => this.#overlap(on, type))
    if (usable.length > 0 && this.random.chance(0.5)) {
      return `...${this.random.pick(usable).name}${this.#directives()}`
    }
    const on = this.#overlapping(type)
    const name = `F${++this.#keys}`
    const text = this.#selections(on, depth + 1, new Response(`${name}_`))
    this.#fragments.push({ name, on, text })
    return `...${name}${this.#directives()}`
  }

  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    if (isObjectType(type) && this.random.chance(0.4)) return type
    return this.random.pick(this.#composites.filter((other) => this.#overlap(type, other)))
  }

  #overlap(a: GraphQLCompositeType, b: GraphQLCompositeType): boolean {
    return doTypesOverlap(this.schema, a, b)
  }

  /** A field; sometimes twice, with selections that merge. */
  #field(type: GraphQLCompositeType, depth: number, response: Response): string[] {
    if (isUnionType(type)) throw new Error('a union has no fields')
    const fields = Object.values(type.getFields()).filter(
      (field) => depth < DEEPEST || !isCompositeType(getNamedType(field.type)),
    )
    if (fields.length === 0) return ['__typename']
    const field = this.random.weighted(fields, (choice) => {
      const uses = this.usage.get(`${type.name}.${choice.name}`) ?? 0
      return (choice.name.startsWith('_') ? 0.5 : 1) / (1 + uses / 10)
    })
    this.#fieldsLeft--
    this.used.push(`${type.name}.${field.name}`)
    const args = this.#args(type.name, field)
    const meaning = `${field.name}${args}: ${field.type}`
    const key = this.#key(field, meaning, response, Object.keys(type.getFields()))
    let selected = response.keys.get(key)
    if (!selected) {
      selected = { meaning, below: new Response(response.prefix) }
      response.keys.set(key, selected)
    }
    const head = key === field.name ? key : `${key}: ${field.name}`
    const written = () => {
      const named = getNamedType(field.type)
      const below = isCompositeType(named) ? ` ${this.#selections(named, depth + 1, selected.below)}` : ''
      return `${head}${args}${this.#directives()}${below}`
    }
    return this.random.chance(0.08) ? [written(), written()] : [written()]
  }

  #key(
    field: GraphQLField<unknown, unknown>,
    meaning: string,
    response: Response,
    names: readonly string[],
  ): string {
    const { random } = this
    const wished = random.chance(0.7)
      ? field.name
      : response.prefix
        ? this.#freshKey(response)
        : random.pick(['a', 'b', LONG_KEY, random.pick(names), this.#freshKey(response)])
    const taken = response.keys.get(wished)
    return !taken || taken.meaning === meaning ? wished : this.#freshKey(response)
  }

  #freshKey({ prefix }: Response): string {
    return `${prefix}k${++this.#keys}`
  }

  #directives(): string {
    const { random } = this
    const directives: string[] = []
    for (const name of ['skip', 'include']) {
      if (!random.chance(0.06)) continue
      const condition = random.chance(0.5)
        ? String(random.chance(name === 'skip' ? 0.3 : 0.7))
        : `$${this.#flag()}`
      directives.push(` @${name}(if: ${condition})`)
    }
    return directives.join('')
  }

  #flag(): string {
    const { random } = this
    const known = [...this.#variables].filter(([, { type }]) => type === 'Boolean!').map(([name]) => name)
    if (known.length > 0 && random.chance(0.5)) return random.pick(known)
    const defaultText = random.chance(0.3) ? String(random.chance(0.5)) : undefined
    const values = Array.from({ length: SETS_OF_VARIABLES }, () =>
      defaultText && random.chance(0.4) ? ABSENT : random.chance(0.5),
    )
    return this.#declare('Boolean!', defaultText, values)
  }

  #args(typeName: string, field: GraphQLField<unknown, unknown>): string {
    const { random } = this
    const node = nodeOf(field)
    const given = field.args.filter((arg) => isRequired(arg) || random.chance(0.35))
    if (given.length === 0) return ''
    const texts = random.shuffled(given).map((arg) => {
      this.used.push(`${typeName}.${field.name}(${arg.name})`)
      return `${arg.name}: ${this.#argument(arg, { name: arg.name, node })}`
    })
    return `(${texts.join(', ')})`
  }

  #argument(arg: GraphQLArgument, place: Place): string {
    const hasDefault = arg.defaultValue !== undefined
    return this.random.chance(0.35)
      ? `$${this.#variable(arg.type, place, hasDefault)}`
      : this.#literal(arg.type, this.#draw(arg.type, place), place)
  }

  #draw(type: GraphQLInputType, place: Place): unknown {
    const { value, mayBeRefused } = this.values.draw(type, place)
    this.#mayBeRefused ||= mayBeRefused
    return value
  }

  /** A new variable for a place of a type. A place with a default of its own takes a variable that may be null. */
  #variable(type: GraphQLInputType, place: Place, hasDefault: boolean): string {
    const { random } = this
    const bare = getNullableType(type)
    const needsValue = isNonNullType(type)
    const draw = () => {
      const value = this.#draw(type, place)
      return value === null && needsValue ? this.#draw(type, place) : value
    }
    const defaultText = random.chance(0.3) ? this.#literal(bare, draw(), place, false) : undefined
    const given = defaultText !== undefined && defaultText !== 'null'
    const nullable = needsValue ? (given || hasDefault) && random.chance(0.4) : random.chance(0.7)
    const values = Array.from({ length: SETS_OF_VARIABLES }, () => {
      if ((nullable || given) && random.chance(0.25)) return ABSENT
      if (nullable && random.chance(0.1)) {
        if (needsValue) this.#mayBeRefused = true
        return null
      }
      const value = draw()
      return value === null && !nullable ? ABSENT : value
    })
    if (!nullable && (defaultText === 'null' || values.includes(ABSENT)) && !given) {
      return this.#declare(String(bare), undefined, values)
    }
    return this.#declare(nullable ? String(bare) : `${bare}!`, defaultText, values)
  }

  #declare(type: string, defaultText: string | undefined, values: readonly unknown[]): string {
    const name = `v${++this.#keys}`
    this.#variables.set(name, { type, defaultText, values })
    return name
  }

  /** The text of a value; parts of it may be variables, where variables may stand. */
  #literal(type: GraphQLInputType, value: unknown, place: Place, variables = true): string {
    if (value === null) return 'null'
    const bare = getNullableType(type)
    if (isListType(bare)) {
      if (!Array.isArray(value)) return this.#literal(bare.ofType, value, place, variables)
      return `[${value.map((item) => this.#literal(bare.ofType, item, place, variables)).join(', ')}]`
    }
    if (isEnumType(bare)) return String(value)
    if (isInputObjectType(bare)) {
      const fields = bare.getFields()
      const members = Object.entries(value as object).map(([name, member]) => {
        const { type: memberType } = fields[name]!
        const text =
          variables && this.random.chance(0.2)
            ? `$${this.#variable(memberType, { name }, false)}`
            : this.#literal(memberType, member, { name }, variables)
        return `${name}: ${text}`
      })
      return `{${members.join(', ')}}`
    }
    return jsonLiteral(value)
  }
}

function jsonLiteral(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}: ${jsonLiteral(member)}`)
    .join(', ')}}`
}

function isRequired(arg: GraphQLArgument): boolean {
  return isNonNullType(arg.type) && arg.defaultValue === undefined
}

function nodeOf(field: GraphQLField<unknown, unknown>): string | undefined {
  const type = getNamedType(field.type)
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined
  const { nodes } = type.getFields()
  return nodes && getNamedType(nodes.type).name
}

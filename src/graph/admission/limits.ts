import { DEFAULT_OPERATION_LIMITS } from '../../kernel/config.ts'

/** How large a request may be before anything parses it for execution. Every number is a "at most". */
export interface AdmissionLimits {
  /** Characters of the text. */
  readonly characters: number
  /** Tokens of the text, comments aside. */
  readonly tokens: number
  /** Brackets of any kind inside brackets, and selections inside selections once fragments are spread. */
  readonly nesting: number
  /** Operations in one document. */
  readonly operations: number
  /** Directives in one document. */
  readonly directives: number
  /** Fields inside fields, the root field being the first. */
  readonly depth: number
  /** The same below `__schema` and `__type`, which count for nothing in `depth`. */
  readonly introspectionDepth: number
  /** Root fields of an operation. */
  readonly rootFields: number
  /** Aliases of an operation, each as often as its fragment is spread. */
  readonly aliases: number
  /** Fields, spreads and inline fragments of an operation, each as often as its fragment is spread. */
  readonly selections: number
  /** Objects and lists inside each other in a value, be it a variable or written into the document. */
  readonly valueDepth: number
  /** Values in all variables together: objects, lists and what they hold. */
  readonly valueNodes: number
  /** Members of one list. */
  readonly listLength: number
  /** Characters of one text. */
  readonly textLength: number
}

/** The limits of a hub; `PAYUNG_MAX_DEPTH` replaces the depth. */
export const ADMISSION_LIMITS: AdmissionLimits = {
  // Ten times the longest operation of the documentation and of the introspection query together.
  characters: 32_768,
  // The introspection query has 250. Parsing, which the parser's own recursion bounds by `nesting`, costs 1 µs a token.
  tokens: 4_000,
  // A depth of 50, the most that can be configured, with fragments between and a value at the end. Whoever follows
  // an operation recurses so far, and no further.
  nesting: 110,
  // What a developer keeps in one tab of GraphiQL; validation looks at every pair of operation and fragment.
  operations: 20,
  directives: 100,
  depth: DEFAULT_OPERATION_LIMITS.maxDepth,
  // The introspection query of graphql-js and GraphiQL, with nine levels of `ofType`, needs 14.
  introspectionDepth: 16,
  // A dashboard asks for a dozen figures at once; each root field is a statement.
  rootFields: 20,
  // The months of a year for a handful of figures.
  aliases: 100,
  // graphql-js compares every two fields of one name when it validates: half a million pairs take 80 ms.
  selections: 1_000,
  // Inputs of the contract are 4 deep.
  valueDepth: 10,
  // A thousand people with nine properties each.
  valueNodes: 10_000,
  // As many people as `checkCoverage` takes.
  listLength: 1_000,
  // Larger than any cursor, note or name; files come another way.
  textLength: 10_000,
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql'
import { type DocumentManifest, documentId } from '../graph/admission/trusted.ts'
import { hubSdl } from '../graph/schema.ts'
import { SetupError } from '../kernel/errors.ts'
import { packageRoot } from '../kernel/package-root.ts'

/** An operation of the documentation, and the file it stands in. */
interface Written {
  /** From the package's folder, with slashes. */
  readonly source: string
  readonly body: string
}

/**
 * The trusted documents, as the text of `schema/documents.json`: every file of `docs/examples` (GraphiQL's examples
 * are the same files) and every whole operation in a graphql block of `README.md` and `docs`.
 *
 * @throws SetupError with all operations that the schema refuses.
 */
export function documentsText(folder: string = packageRoot): string {
  const schema = buildSubgraphSchema(parse(hubSdl()))
  const problems: string[] = []
  const manifest: DocumentManifest = {}
  for (const { source, body } of [...examples(folder), ...blocks(folder)]) {
    const document = read(body, schema)
    if (Array.isArray(document)) problems.push(...document.map((problem) => `${source}: ${problem}`))
    // One text in two places is one document, of the first place.
    else manifest[documentId(body)] ??= { name: nameOf(document), source, body }
  }
  if (problems.length > 0)
    throw new SetupError('The schema refuses operations of the documentation:', problems)
  const sorted = Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`
}

function examples(folder: string): Written[] {
  return filesIn(folder, 'docs/examples', '.graphql').map((source) => ({
    source,
    // To the letter: GraphiQL sends the file as it is.
    body: readFileSync(join(folder, source), 'utf8'),
  }))
}

function blocks(folder: string): Written[] {
  return ['README.md', ...filesIn(folder, 'docs', '.md')].flatMap((source) =>
    [...readFileSync(join(folder, source), 'utf8').matchAll(/^```graphql\n(.*?)\n```$/gms)]
      .map(([, body]) => body!)
      .filter(isOperation)
      .map((body) => ({ source, body })),
  )
}

/** Everything else in a graphql block is a piece of a schema, or of an operation. */
function isOperation(block: string): boolean {
  return /^(#.*\n|\s)*(\{|query|mutation|subscription|fragment)/.test(block)
}

function filesIn(folder: string, below: string, ending: string): string[] {
  return readdirSync(join(folder, below), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${below}/${file.replaceAll('\\', '/')}`)
    .sort()
}

/** The document, or what is wrong with it. */
function read(body: string, schema: GraphQLSchema): DocumentNode | string[] {
  try {
    const document = parse(body)
    const errors = validate(schema, document)
    return errors.length > 0 ? errors.map(({ message }) => message) : document
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message]
    throw error
  }
}

/** The name of its first operation; of one without a name, its first root field. */
function nameOf({ definitions }: DocumentNode): string {
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!
  const [first] = operation.selectionSet.selections
  return operation.name?.value ?? (first?.kind === Kind.FIELD ? first.name.value : 'operation')
}

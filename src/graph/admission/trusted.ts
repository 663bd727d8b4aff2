import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SetupError } from '../../kernel/errors.ts'
import { packageRoot } from '../../kernel/package-root.ts'

/** The manifest that ships with the package, absolute. */
const MANIFEST = join(packageRoot, 'schema', 'documents.json')

const manifestShape = z.record(
  z.string(),
  z.strictObject({ name: z.string(), source: z.string(), body: z.string() }),
)

/** `schema/documents.json`: operations by the SHA-256 of their text, in hexadecimal. */
export type DocumentManifest = z.infer<typeof manifestShape>

/** The operations that a hub answers by id. */
export interface TrustedDocuments {
  /** The text of an id: the SHA-256 in hexadecimal, with or without `sha256:` before it. */
  byId(id: string): string | undefined
  /** Whether a text is that of a trusted document, to the letter. */
  has(text: string): boolean
}

/**
 * Reads the trusted documents.
 *
 * @throws SetupError when the file is missing, is no manifest, or holds a text that is not the one of its id.
 */
export function readTrustedDocuments(file: string = MANIFEST): TrustedDocuments {
  const manifest = readManifest(file)
  const forged = Object.keys(manifest).filter((id) => documentId(manifest[id]!.body) !== id)
  if (forged.length > 0) {
    throw new SetupError(
      'The trusted documents have mistakes. Write them anew: npm run schema',
      forged.map((id) => `${id} is not the SHA-256 of its text`),
    )
  }
  return trustedDocuments(manifest)
}

export function trustedDocuments(manifest: DocumentManifest): TrustedDocuments {
  const bodies = new Map(Object.entries(manifest).map(([id, { body }]) => [id, body]))
  const texts = new Set(bodies.values())
  return {
    byId: (id) => bodies.get(id.toLowerCase().replace(/^sha256:/, '')),
    has: (text) => texts.has(text),
  }
}

/** The id of a document: the SHA-256 of its text, in hexadecimal. */
export function documentId(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function readManifest(file: string): DocumentManifest {
  try {
    return manifestShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const message = `${file} holds no trusted documents. Write it anew: npm run schema`
    throw new SetupError(message, [], { cause })
  }
}

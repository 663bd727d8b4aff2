import { GraphQLError, parse } from 'graphql'
import { badInput, Fault } from '../../kernel/errors.ts'
import type { AskedRequest } from './asked.ts'
import { KnownTexts } from './known-texts.ts'
import type { AdmissionLimits } from './limits.ts'
import { checkDocument } from './measure.ts'
import { readTokens } from './tokens.ts'
import type { TrustedDocuments } from './trusted.ts'
import { checkExtensions, checkText, checkVariables } from './values.ts'

export interface Admission {
  /**
   * Checks a GraphQL request before anything parses it for execution, and puts the text of a trusted document in
   * the place of its id. A text that is not GraphQL passes as long as it is small: the parser says what is wrong.
   *
   * @throws Fault TOO_COMPLEX when a limit is passed; BAD_USER_INPUT for an id that no document has and for values
   *   of the wrong kind; FORBIDDEN for an untrusted text where only trusted documents are answered.
   */
  admit(request: AskedRequest): AskedRequest
}

export interface AdmissionOptions {
  readonly limits: AdmissionLimits
  readonly trusted: TrustedDocuments
  /** Whether nothing but trusted documents is answered. */
  readonly trustedOnly: boolean
}

/** The operations of every dashboard in the country would fit; 8 MB of memory at most. */
const REMEMBERED = { texts: 2_000, characters: 4_000_000 }

export function createAdmission({ limits, trusted, trustedOnly }: AdmissionOptions): Admission {
  const admitted = new KnownTexts(REMEMBERED.texts, REMEMBERED.characters)
  return {
    admit(request) {
      const asked = withText(request, trusted)
      const { query, operationName } = asked
      if (trustedOnly && !(typeof query === 'string' && trusted.has(query))) throw untrusted()
      if (typeof query === 'string' && !admitted.has(query) && isDocument(query, limits)) admitted.add(query)
      if (typeof operationName === 'string') checkText('operationName', operationName, limits)
      checkVariables(asked.variables, limits)
      checkExtensions(asked.extensions, limits)
      return asked
    },
  }
}

/** The request with the text that its id stands for. */
function withText(request: AskedRequest, trusted: TrustedDocuments): AskedRequest {
  const { documentId, ...asked } = request
  if (documentId !== undefined && documentId !== null) {
    if (asked.query !== undefined && asked.query !== null) {
      throw badInput(
        'documentId',
        'A request has either the id of a document or a text.',
        'Send one of them.',
      )
    }
    const query = typeof documentId === 'string' ? trusted.byId(documentId) : undefined
    if (query === undefined) throw unknownDocument()
    return { ...asked, query }
  }
  if (asked.query !== undefined && asked.query !== null) return asked
  const query = trusted.byId(persistedHash(asked.extensions) ?? '')
  // Without the extension: the text is here now, and whoever reads it next need not know the id.
  return query === undefined ? asked : { ...asked, query, extensions: withoutPersisted(asked.extensions) }
}

/** The hash of an automatic persisted query. */
function persistedHash(extensions: unknown): string | undefined {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null }
  const hash = persistedQuery?.sha256Hash
  return typeof hash === 'string' ? hash : undefined
}

function withoutPersisted(extensions: unknown): unknown {
  const { persistedQuery: _, ...others } = extensions as { persistedQuery: unknown }
  return others
}

/** Whether the text is GraphQL, and then a document within the limits. */
function isDocument(query: string, limits: AdmissionLimits): boolean {
  if (!readTokens(query, limits)) return false
  try {
    checkDocument(parse(query, { noLocation: true }), limits)
    return true
  } catch (error) {
    if (error instanceof GraphQLError) return false
    throw error
  }
}

function unknownDocument(): Fault {
  const remedy = 'Send the SHA-256 of the text of an operation in schema/documents.json, as sha256:<hex>.'
  return badInput('documentId', 'No trusted document has this id.', remedy)
}

function untrusted(): Fault {
  return new Fault('FORBIDDEN', 'This hub answers its trusted documents only.', {
    remedy: 'Send the documentId of an operation in schema/documents.json.',
  })
}

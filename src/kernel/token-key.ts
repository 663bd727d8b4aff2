import { createPublicKey, type KeyObject } from 'node:crypto'

/** How tokens may be signed: public-key signatures only, so that whoever can check a token cannot make one. */
export const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256'] as const

export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number]

/** A public key that tokens are checked with. */
export interface TokenKey {
  readonly key: KeyObject
  /** The ways in which this kind of key signs. */
  readonly algorithms: readonly TokenAlgorithm[]
}

/**
 * Reads a public key: an SPKI PEM, in which line ends may be written as `\n`, or a JWK as JSON.
 *
 * @returns the key, or what is wrong with the text; the text itself is not quoted.
 */
export function parseTokenKey(text: string): TokenKey | string {
  const key = readKey(text.trim())
  if (typeof key === 'string') return key
  const algorithms = algorithmsOf(key)
  return algorithms.length > 0
    ? { key, algorithms }
    : 'is a key of another kind than Ed25519, EC P-256 and RSA from 2048 bits'
}

function readKey(text: string): KeyObject | string {
  try {
    return text.startsWith('{') ? readJwk(text) : readPem(text.replaceAll('\\n', '\n'))
  } catch {
    return 'cannot be read as a public key'
  }
}

/** Node would quietly derive the public key from a private one. A private key here is a leak: it is refused. */
function readPem(pem: string): KeyObject | string {
  if (pem.includes('PRIVATE KEY-----')) return PRIVATE
  if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) return 'is neither an SPKI PEM nor a JWK'
  return createPublicKey({ key: pem, format: 'pem' })
}

function readJwk(json: string): KeyObject | string {
  const jwk = JSON.parse(json)
  if ('d' in jwk || 'k' in jwk) return PRIVATE
  return createPublicKey({ key: jwk, format: 'jwk' })
}

const PRIVATE = 'holds a secret key, and only the issuer may know that: replace it there'

function algorithmsOf({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): TokenAlgorithm[] {
  if (type === 'ed25519') return ['EdDSA']
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return ['ES256']
  if (type === 'rsa' && details?.modulusLength !== undefined && details.modulusLength >= 2048) {
    return ['RS256', 'PS256']
  }
  return []
}

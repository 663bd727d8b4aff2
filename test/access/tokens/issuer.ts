import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { fixedKey, type TrustedKeys } from '../../../src/access/tokens/trusted-keys.ts'
import { parseTokenKey, type TokenAlgorithm, type TokenKey } from '../../../src/kernel/token-key.ts'

export const ISSUER = 'https://login.example'
export const AUDIENCE = 'payung-test'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A new key pair of the kind that an algorithm signs with. */
export function aKeyPair(algorithm: TokenAlgorithm = 'EdDSA'): KeyPair {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

/** What a hub knows that was given the public half in JWT_PUBLIC_KEY. */
export function trusting({ publicKey }: KeyPair): TrustedKeys {
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return fixedKey(parseTokenKey(pem) as TokenKey)
}

export const now = () => Math.floor(Date.now() / 1000)

/** The claims of a clerk of Kabupaten Tangerang. */
export function claims() {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'clerk-7',
    exp: now() + 3600,
    scope: 'registry:read identity:read',
    areas: ['36.03'],
  }
}

/** Signs whatever it is given, also what no issuer would. */
export function sign(
  { privateKey }: KeyPair,
  payload: Record<string, unknown>,
  header: { alg?: TokenAlgorithm; kid?: string } = {},
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(privateKey)
}

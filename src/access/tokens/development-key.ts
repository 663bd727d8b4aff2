import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { SetupError } from '../../kernel/errors.ts'
import { type Permission, ROLES, type Role } from '../permission.ts'
import { readOrCreateSecret } from '../secret-file.ts'
import type { GATEWAY_SCOPE } from './gateway-scope.ts'

/** The Ed25519 key that signs tokens in development, where no issuer is configured. Whoever has it may do anything. */
export interface DevelopmentKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly issuer: string
  readonly audience: string
}

/** Whom a development token is for. It may do what its role and its permissions say together. */
export interface DevelopmentToken {
  readonly subject: string
  readonly role?: Role
  readonly permissions?: readonly (Permission | typeof GATEWAY_SCOPE)[]
  /** Official codes, or `*`. Without any its viewer sees nobody's rows but his payer's. */
  readonly areas?: readonly string[]
  readonly payer?: string
  readonly partner?: string
  /** Seconds; 8 hours when left out. */
  readonly expiresIn?: number
}

const FILE = 'token-key'
const EIGHT_HOURS = 8 * 3600

/**
 * The key in the file `token-key` of the data folder, made on first use and readable by its owner only.
 *
 * @throws SetupError when the file cannot be written, read or understood. Key material is never quoted.
 */
export function loadOrCreateDevelopmentKey(dataDir: string): KeyObject {
  const file = join(dataDir, FILE)
  const pem = readOrCreateSecret(file, 'The key for development tokens', newKey)
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Told below, without what the parser says of the content.
  }
  throw new SetupError(
    `The key for development tokens in ${file} cannot be understood. Delete the file: a new one is made, and ` +
      'tokens signed so far end.',
  )
}

/** A key that lives as long as this process: for a hub in memory. */
export function temporaryDevelopmentKey(): KeyObject {
  return createPrivateKey(newKey())
}

/** What signs development tokens with a private key, for the issuer and audience that this hub expects. */
export function developmentKey(
  privateKey: KeyObject,
  { issuer, audience }: Pick<DevelopmentKey, 'issuer' | 'audience'>,
): DevelopmentKey {
  return Object.freeze({ privateKey, publicKey: createPublicKey(privateKey), issuer, audience })
}

/** Signs a token for development: a JWT for the header `Authorization: Bearer …`. */
export function signDevelopmentToken(
  { privateKey, issuer, audience }: DevelopmentKey,
  { subject, role, permissions = [], areas = [], payer, partner, expiresIn = EIGHT_HOURS }: DevelopmentToken,
): Promise<string> {
  const scope = [...new Set([...(role ? ROLES[role] : []), ...permissions])].join(' ')
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ scope, areas, payer, partner })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + expiresIn)
    .sign(privateKey)
}

function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

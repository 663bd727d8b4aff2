import { type Config, DEVELOPMENT_TOKENS } from '../../kernel/config.ts'
import { SetupError } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/log.ts'
import { type Authenticator, createAuthenticator } from './authenticator.ts'
import {
  type DevelopmentKey,
  developmentKey,
  loadOrCreateDevelopmentKey,
  temporaryDevelopmentKey,
} from './development-key.ts'
import { fixedKey, remoteKeys } from './trusted-keys.ts'

/** Who is believed, and in development also what signs. */
export interface TokenKeys {
  readonly authenticator: Authenticator
  /** Absent when the configuration says who signs tokens. */
  readonly developmentKey?: DevelopmentKey
}

/** What is read of the configuration. `dataDir` may be `memory`, with a key that lives as long as the process. */
export type TokenKeysConfig = Pick<Config, 'dataDir' | 'production'> & Partial<Pick<Config, 'tokens'>>

/**
 * The keys that tokens are checked with: those of the configuration, or a development key of this folder.
 *
 * @param logger is told when the issuer's key set cannot be reached.
 * @throws SetupError in production without configured keys, and when the development key cannot be read or made.
 */
export function openTokenKeys(
  { tokens = DEVELOPMENT_TOKENS, dataDir, production }: TokenKeysConfig,
  logger?: Logger,
): TokenKeys {
  const { jwksUrl, publicKey } = tokens
  if (publicKey) return { authenticator: createAuthenticator({ ...tokens, keys: fixedKey(publicKey) }) }
  if (jwksUrl !== undefined) {
    const onUnreachable = (err: unknown) =>
      logger?.warn({ component: 'tokens', err }, 'the key set at JWKS_URL cannot be reached')
    return { authenticator: createAuthenticator({ ...tokens, keys: remoteKeys(jwksUrl, { onUnreachable }) }) }
  }
  if (production) {
    throw new SetupError('JWKS_URL or JWT_PUBLIC_KEY is required in production: it says who signs tokens.')
  }
  const key = developmentKey(
    dataDir === 'memory' ? temporaryDevelopmentKey() : loadOrCreateDevelopmentKey(dataDir),
    tokens,
  )
  const keys = fixedKey({ key: key.publicKey, algorithms: ['EdDSA'] })
  return { authenticator: createAuthenticator({ ...tokens, keys }), developmentKey: key }
}

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose'
import { TOKEN_ALGORITHMS, type TokenAlgorithm, type TokenKey } from '../../kernel/token-key.ts'

/** The keys that tokens are checked with. */
export interface TrustedKeys {
  readonly algorithms: readonly TokenAlgorithm[]
  /** Finds the key that the header of a token speaks of. @throws KeysUnreachable, or an error of `jose` */
  readonly keyFor: JWTVerifyGetKey
}

/** The issuer's key set could not be fetched. The cause says why, for the log and nobody else. */
export class KeysUnreachable extends Error {}

export interface RemoteKeysOptions {
  /** Called when the key set could not be fetched: once per attempt, so every 5 seconds at most. */
  readonly onUnreachable?: (reason: unknown) => void
  /** Milliseconds that a fetch may take: 3,000. */
  readonly timeout?: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** From one fetch to the next when tokens name unknown keys. */
const COOLDOWN = 10 * SECOND
/** From a fetch that failed to the next. */
const RETRY_AFTER = 5 * SECOND
/** After this the set is fetched anew in the background, while the one that is known serves. */
const REFRESH_AFTER = 5 * MINUTE
/** After this it serves no longer. */
const LONGEST_USE = 60 * MINUTE

/** One key, known beforehand. */
export function fixedKey({ key, algorithms }: TokenKey): TrustedKeys {
  return { algorithms, keyFor: async () => key }
}

/**
 * The key set that an issuer publishes. It is fetched with the first token, again in the background from time to
 * time, and again when a token names a key that is not in it, so that an issuer may change keys at any time.
 *
 * Keys that are known serve on for an hour when the issuer is down. Whatever tokens are sent, the issuer is asked at
 * most every 10 seconds, or every 5 when it does not answer.
 */
export function remoteKeys(
  url: string,
  { onUnreachable, timeout = 3 * SECOND }: RemoteKeysOptions = {},
): TrustedKeys {
  let fetchedAt = Date.now()
  let silentUntil = 0
  let reason: unknown

  const fetchKeys: FetchImplementation = async (...request) => {
    if (Date.now() < silentUntil) throw new KeysUnreachable(undefined, { cause: reason })
    try {
      const response = await fetch(...request)
      if (response.status !== 200) throw new Error(`The key set was answered with status ${response.status}.`)
      const keys = (await response.json()) as JSONWebKeySet
      // Throws when it is not a key set.
      createLocalJWKSet(keys)
      fetchedAt = Date.now()
      return Response.json(keys)
    } catch (cause) {
      reason = cause
      silentUntil = Date.now() + RETRY_AFTER
      onUnreachable?.(cause)
      throw new KeysUnreachable(undefined, { cause })
    }
  }

  const keySet = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeout,
    cooldownDuration: COOLDOWN,
    cacheMaxAge: LONGEST_USE,
    [customFetch]: fetchKeys,
  })

  return {
    algorithms: TOKEN_ALGORITHMS,
    keyFor: (header, token) => {
      const refreshing = keySet.fresh && Date.now() >= fetchedAt + REFRESH_AFTER
      // Its failure was reported where it happened, and the known keys serve on.
      if (refreshing) keySet.reload().catch(() => {})
      return keySet(header, token)
    },
  }
}

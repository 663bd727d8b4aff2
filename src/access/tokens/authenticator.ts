import { jwtVerify } from 'jose'
import { Fault } from '../../kernel/errors.ts'
import { ANONYMOUS, type Viewer } from '../viewer.ts'
import { type Bearer, readClaims } from './claims.ts'
import { RecentTokens } from './recent-tokens.ts'
import { malformedToken, refusal } from './refusals.ts'
import type { TrustedKeys } from './trusted-keys.ts'

export interface Authenticator {
  /**
   * The viewer of an `Authorization` header; ANONYMOUS without one.
   *
   * @throws Fault UNAUTHENTICATED saying in plain words why the token is refused. Its `cause` is set only when the
   *   token could not be checked for a reason of ours.
   */
  viewerOf(authorization: string | undefined): Promise<Viewer>
  /** Whether a token (the header `payung-gateway`, a bare JWT) is that of a gateway of ours. Never throws. */
  isGateway(token: string | undefined): Promise<boolean>
}

export interface AuthenticatorOptions {
  /** `iss` of the tokens. */
  readonly issuer: string
  /** `aud` of the tokens, or one of them. */
  readonly audience: string
  readonly keys: TrustedKeys
}

/** Characters. Longer tokens are refused before anything reads them. */
const LONGEST_TOKEN = 8_192
/** Seconds by which the clocks of issuer and hub may differ. */
const CLOCK_TOLERANCE = 5

/** Tells viewers and gateways by their tokens: JWTs signed with one of the trusted keys. */
export function createAuthenticator({ issuer, audience, keys }: AuthenticatorOptions): Authenticator {
  const recent = new RecentTokens<Bearer>()
  const { algorithms, keyFor } = keys
  const expected = {
    issuer,
    audience,
    algorithms: [...algorithms],
    clockTolerance: CLOCK_TOLERANCE,
    requiredClaims: ['exp'],
  }

  const bearerOf = async (token: string): Promise<Bearer> => {
    if (token.length > LONGEST_TOKEN) throw tooLong()
    const known = recent.get(token)
    if (known) return known
    try {
      const { payload } = await jwtVerify(token, keyFor, expected)
      const bearer = readClaims(payload)
      recent.remember(token, bearer, payload.exp!)
      return bearer
    } catch (error) {
      throw refusal(error, algorithms)
    }
  }

  return {
    viewerOf: async (authorization) => {
      if (authorization === undefined) return ANONYMOUS
      return (await bearerOf(tokenIn(authorization))).viewer
    },
    isGateway: async (token) => {
      if (token === undefined) return false
      return bearerOf(token).then(
        ({ gateway }) => gateway,
        () => false,
      )
    },
  }
}

const BEARER = /^bearer +/i

function tokenIn(authorization: string): string {
  const token = authorization.replace(BEARER, '')
  if (token.length === authorization.length) throw malformedToken()
  return token
}

function tooLong(): Fault {
  const remedy = `A token has ${LONGEST_TOKEN} characters at most. Name whole provinces or regencies as areas.`
  return new Fault('UNAUTHENTICATED', 'The token is too long.', { remedy })
}

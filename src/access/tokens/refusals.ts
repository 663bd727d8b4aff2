import { errors } from 'jose'
import { Fault } from '../../kernel/errors.ts'
import type { TokenAlgorithm } from '../../kernel/token-key.ts'
import { KeysUnreachable } from './trusted-keys.ts'

/** Why a token is refused, in words for whoever sent it: nothing of the token's content is repeated. */
export function refusal(error: unknown, algorithms: readonly TokenAlgorithm[]): Fault {
  if (error instanceof Fault) return error
  if (error instanceof errors.JWTExpired) return refused('The token has expired.', 'Get a new one.')
  if (error instanceof errors.JWTClaimValidationFailed) return wrongClaim(error)
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    const remedy = `Tokens must be signed with ${algorithms.join(' or ')}.`
    return refused('The token is signed in a way this hub does not accept.', remedy)
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return malformedToken()
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return refused(
      'The token does not say with which key it was signed.',
      'Its header must name the key (kid).',
    )
  }
  if (error instanceof KeysUnreachable) {
    const message = 'The keys that tokens are checked with cannot be reached at the moment.'
    return new Fault('UNAUTHENTICATED', message, { remedy: 'Try again in a minute.', cause: error.cause })
  }
  // Whatever else goes wrong while a signature is checked, the token is not one of ours.
  return unknownKey(error instanceof errors.JOSEError ? undefined : error)
}

/** A token, or the header it comes in, that does not have the form of one. */
export function malformedToken(): Fault {
  return refused('The token is malformed.', 'Send the header Authorization: Bearer, a space and the token.')
}

function wrongClaim({ claim, reason }: errors.JWTClaimValidationFailed): Fault {
  if (claim === 'iss') return refused('The token is from an issuer this hub does not trust.')
  if (claim === 'aud') return refused('The token is for another audience.')
  if (claim === 'exp' && reason === 'missing') return refused('The token does not say when it expires.')
  if (claim === 'nbf' && reason === 'check_failed') {
    return refused('The token is not valid yet.', 'Wait, or compare the clocks of the issuer and this hub.')
  }
  return malformedToken()
}

function unknownKey(cause: unknown): Fault {
  return refused('The token is not signed by a key this hub knows.', undefined, cause)
}

function refused(message: string, remedy = 'Get one from the issuer that this hub trusts.', cause?: unknown) {
  return new Fault('UNAUTHENTICATED', message, { remedy, cause })
}

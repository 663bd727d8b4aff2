import type { JWTPayload } from 'jose'
import { z } from 'zod'
import { Fault } from '../../kernel/errors.ts'
import { holdsNik } from '../../kernel/nik.ts'
import { PARTNER_NAME, PARTNER_NAME_IN_WORDS } from '../../kernel/partner-keys.ts'
import { isPermission } from '../permission.ts'
import { EVERYWHERE, type Viewer } from '../viewer.ts'
import { GATEWAY_SCOPE } from './gateway-scope.ts'

/** Whoever holds a token that was verified. */
export interface Bearer {
  readonly viewer: Viewer
  /** Whether it is a gateway of ours. */
  readonly gateway: boolean
}

/** The form of each claim, completing `The token's claim <name> …`. */
const FORMS = {
  sub: 'must be a text of 1 to 200 characters, and no NIK',
  scope: 'must be a text of scopes with spaces between them',
  areas: `must be a list of area codes such as 36 or 36.03, or ${EVERYWHERE}`,
  payer: "must be a payer's id: a text of 1 to 18 digits",
  partner: `must be ${PARTNER_NAME_IN_WORDS}`,
} as const

const AREA = /^(\*|\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?)$/

const Claims = z.object({
  // PostgreSQL stores no zero byte, and a line end would forge lines wherever a subject is listed. A NIK would bring
  // an identity into the audit trail and the log.
  sub: z
    .string()
    .regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u)
    .refine((subject) => !holdsNik(subject)),
  scope: z.string().default(''),
  areas: z.array(z.string().regex(AREA)).default([]),
  payer: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .optional(),
  partner: z.string().regex(PARTNER_NAME).optional(),
})

/**
 * Reads who the claims of a verified token are about, which has an `exp`. Scopes that are not permissions of this hub
 * are somebody else's business and left out; anything else that is malformed refuses the token as a whole.
 *
 * @throws Fault UNAUTHENTICATED naming the claim and its form, not what stood there.
 */
export function readClaims(payload: JWTPayload): Bearer {
  const { success, data, error } = Claims.safeParse(payload)
  if (!success) throw malformed(error.issues[0]!.path[0] as keyof typeof FORMS)
  const scopes = data.scope.split(' ')
  const viewer: Viewer = Object.freeze({
    subject: data.sub,
    permissions: new Set(scopes.filter(isPermission)),
    areas: Object.freeze(data.areas),
    payer: data.payer,
    partner: data.partner,
    validUntil: payload.exp! * 1000,
  })
  return Object.freeze({ viewer, gateway: scopes.includes(GATEWAY_SCOPE) })
}

function malformed(claim: keyof typeof FORMS): Fault {
  return new Fault('UNAUTHENTICATED', `The token's claim ${claim} ${FORMS[claim]}.`, {
    remedy: 'Whoever issues the tokens has to write it so.',
  })
}

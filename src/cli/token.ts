import { getDistricts, getProvinces, getRegencies, getVillages } from 'idn-area-data'
import type { Permission, Role } from '../access/permission.ts'
import { signDevelopmentToken } from '../access/tokens/development-key.ts'
import type { GATEWAY_SCOPE } from '../access/tokens/gateway-scope.ts'
import { openTokenKeys } from '../access/tokens/open-token-keys.ts'
import { EVERYWHERE } from '../access/viewer.ts'
import { readConfig } from '../kernel/config.ts'
import { SetupError } from '../kernel/errors.ts'
import { print } from './output.ts'

export interface TokenOptions {
  readonly role?: Role
  readonly permission?: readonly (Permission | typeof GATEWAY_SCOPE)[]
  readonly area?: readonly string[]
  readonly payer?: string
  readonly partner?: string
  readonly subject?: string
  /** Seconds. */
  readonly expires: number
  readonly json?: boolean
}

/**
 * Prints a token signed with the development key of the data folder. Opens no database, so that it works while a
 * server runs.
 *
 * @throws SetupError where tokens come from somebody else, and when an area does not exist.
 * @throws Fault when the hub would refuse the token.
 */
export async function token({ json, expires, ...asked }: TokenOptions): Promise<void> {
  const { role, permission: permissions, area: areas = [], payer, partner } = asked
  if (role === undefined && permissions === undefined) {
    throw new SetupError('Say what the token may do: --role clerk, or --permission registry:read.')
  }
  const { authenticator, developmentKey } = openLocalKey()
  for (const code of areas) await expectArea(code)
  const subject = asked.subject ?? role ?? 'developer'
  const signed = await signDevelopmentToken(developmentKey, {
    subject,
    role,
    permissions,
    areas,
    payer,
    partner,
    expiresIn: expires,
  })
  // What the hub would refuse is refused here.
  const { validUntil, ...viewer } = await authenticator.viewerOf(`Bearer ${signed}`)
  const expiresAt = new Date(validUntil!).toISOString()
  print(json ? { token: signed, ...viewer, permissions: [...viewer.permissions], expiresAt } : signed)
}

function openLocalKey() {
  const config = readConfig()
  const { authenticator, developmentKey } = openTokenKeys(config)
  if (developmentKey === undefined) {
    throw new SetupError(
      'This hub believes the tokens of the issuer in JWKS_URL or JWT_PUBLIC_KEY only: get one from there.',
    )
  }
  if (config.dataDir === 'memory') {
    throw new SetupError('A hub in memory keeps its key to itself. Set PAYUNG_DATA to a folder.')
  }
  return { authenticator, developmentKey }
}

/** Checks each level of a code, so that the list of what there is stays short. */
async function expectArea(code: string): Promise<void> {
  if (code === EVERYWHERE) return
  const parts = code.split('.')
  for (let level = 1; level <= parts.length; level++) {
    const [parent, wanted] = [parts.slice(0, level - 1).join('.'), parts.slice(0, level).join('.')]
    const known = await areasIn(parent, level)
    if (known.some((area) => area.code === wanted)) continue
    throw new SetupError(
      `There is no area ${wanted}. ${parent === '' ? 'Provinces are' : `In ${parent} there are`}:`,
      known.map((area) => `${area.code} ${area.name}`),
    )
  }
}

/** The areas of one level inside a parent; `''` is the whole country. */
async function areasIn(parent: string, level: number): Promise<{ code: string; name: string }[]> {
  const areasOf = [getProvinces, getRegencies, getDistricts, getVillages][level - 1]
  const areas = areasOf === undefined ? [] : await areasOf()
  return parent === '' ? areas : areas.filter(({ code }) => code.startsWith(`${parent}.`))
}

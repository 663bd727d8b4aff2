import type { Pool } from 'pg'

/** Tokens for the hub of the bench, signed with the development key of this folder. */
export interface Viewers {
  /** Sees everything. */
  readonly ministry: string
  /** The clerk of a regency: its people, and those its government pays for. */
  clerkOf(regency: string): string
}

const DAY = 86_400

/** Somebody who sees every row, for those who ask a hub without a token. */
export const EVERYBODY = {
  subject: 'ministry',
  permissions: new Set(['registry:read', 'statistics:exact']),
  areas: ['*'],
}

export async function benchViewers(pool: Pool): Promise<Viewers> {
  const { openTokenKeys } = await import('../dist/src/access/tokens/open-token-keys.js')
  const { signDevelopmentToken } = await import('../dist/src/access/tokens/development-key.js')
  const { developmentKey } = openTokenKeys({ dataDir: '.payung', production: false })
  const sign = (claims: object): Promise<string> =>
    signDevelopmentToken(developmentKey, { expiresIn: DAY, ...claims })
  const { rows } = await pool.query<{ code: string; payer: string }>(
    `select area_code as code, min(id)::text as payer from payer where kind = 'REGENCY' group by area_code`,
  )
  const clerks = new Map<string, string>()
  for (const { code, payer } of rows) {
    clerks.set(code, await sign({ subject: `clerk of ${code}`, role: 'clerk', areas: [code], payer }))
  }
  return {
    ministry: await sign({ subject: 'ministry', role: 'analyst', areas: ['*'] }),
    clerkOf: (regency) => clerks.get(regency)!,
  }
}

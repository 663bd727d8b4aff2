import {
  type BrokenRule,
  type LedgerVerification,
  verifyLedger as verify,
} from '../enrollments/verify-ledger.ts'
import { withDatabase } from './database.ts'
import { FAILED } from './failure.ts'
import { type Output, print } from './output.ts'

/** Proves that money and months agree; exits 1 and names what does not. */
export async function verifyLedger({ json }: Output): Promise<void> {
  const found = await withDatabase(verify)
  if (found.broken.length > 0) process.exitCode = FAILED
  print(json ? found : inWords(found))
}

function inWords({ broken, ...sizes }: LedgerVerification): string {
  const counted = Object.entries(sizes).map(([what, count]) => `${count} ${what}`)
  if (broken.length === 0) return `The ledger holds: ${counted.join(', ')} agree.`
  return ['The ledger does not hold.', ...broken.map(ruleInWords)].join('\n')
}

function ruleInWords({ code, rule, count, cases }: BrokenRule): string {
  const rest = count - cases.length
  return [
    `${code} (${count}): ${rule}`,
    ...cases.map(({ ids, found, expected }) => `  ${idsInWords(ids)}: ${found} instead of ${expected}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ].join('\n')
}

function idsInWords(ids: Readonly<Record<string, string | null>>): string {
  return Object.entries(ids)
    .filter(([, id]) => id !== null)
    .map(([what, id]) => `${what} ${id}`)
    .join(', ')
}

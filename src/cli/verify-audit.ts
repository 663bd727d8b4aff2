import { type AuditVerification, verifyAudit as verify } from '../access/audit/verify.ts'
import { withDatabase } from './database.ts'
import { FAILED } from './failure.ts'
import { type Output, print } from './output.ts'

/** Proves the audit trail; exits 1 and says what does not hold when it was tampered with. */
export async function verifyAudit({ json }: Output): Promise<void> {
  const found = await withDatabase(verify)
  if (found.broken) process.exitCode = FAILED
  print(json ? found : inWords(found))
}

function inWords({ events, seals, waiting, last, broken }: AuditVerification): string {
  if (broken) return `The audit trail does not hold. ${broken.problem}`
  return [
    `The audit trail holds: ${counted(events, 'event')}, ${counted(seals, 'seal')}, ${waiting} not sealed yet.`,
    ...(last ? [`Its last seal is ${last.seal}: ${last.hash}`] : []),
  ].join('\n')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

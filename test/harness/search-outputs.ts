import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { type KeptOutput, OUTPUTS_VARIABLE } from './outputs.ts'
import { type FindPeople, peopleFinder } from './planted-people.ts'

/**
 * Around a whole run of tests, of all files or of one: makes the folder where outputs are kept, and fails the run when
 * one of them names a planted person. See `outputs.ts` for what is kept and `planted-people.ts` for who is looked for.
 */
export default function searchOutputs(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'payung-outputs-'))
  process.env[OUTPUTS_VARIABLE] = folder
  return () => {
    try {
      const leaks = leaksIn(folder, peopleFinder())
      if (leaks.length > 0) throw new Error(`Identity data in outputs of the tests:\n${leaks.join('\n')}`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

/** Sentences without the people, each once, with how often it was true. */
function leaksIn(folder: string, find: FindPeople): string[] {
  const times = new Map<string, number>()
  for (const [kind, suite, text] of outputsIn(folder)) {
    for (const { by, hash } of find(text)) {
      if (kind === 'shown identities' && by === 'name') continue
      const leak = `  a ${by} (${hash}) in: ${kind}, of ${relative(packageRoot, suite)}`
      times.set(leak, (times.get(leak) ?? 0) + 1)
    }
  }
  return [...times].map(([leak, count]) => (count === 1 ? leak : `${leak}, ${count} times`))
}

function* outputsIn(folder: string): Generator<KeptOutput> {
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')) yield JSON.parse(line)
  }
}

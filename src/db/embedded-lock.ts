import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SetupError } from '../kernel/errors.ts'

/** Somebody else has the folder open. */
export class FolderInUse extends SetupError {}

/** Who holds a folder, as written into its lock file. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When the lock was taken, RFC 3339. */
  readonly since: string
  /** Tells a process from a later one with the same pid; null where the system does not say. */
  readonly started: string | null
}

/**
 * Locks the folder of an embedded database for this process: two processes writing into one would lose writes
 * without a word. A lock left behind by a process that died is taken over. All of it is synchronous, so that
 * within this process nothing runs between looking and taking.
 *
 * @returns releases the lock; may be called again. A normal exit of the process releases it too.
 * @throws SetupError when another process holds it, naming the process and what to do.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'database.lock')
  const mine = describe(process.pid)
  if (!tryCreate(path, mine)) {
    refuseLiveHolder(folder, path)
    takeOver(folder, path, mine)
  }
  const release = () => {
    process.off('exit', release)
    // Somebody who was told to delete the file may have taken it since.
    if (read(path) === mine) remove(path)
  }
  process.once('exit', release)
  return release
}

/**
 * Replaces a stale lock. Of several processes that found it stale only the one that creates the second file may,
 * and it looks again: the lock it finds now may be the fresh one of the process that was faster.
 */
function takeOver(folder: string, path: string, mine: string): void {
  const guard = `${path}.takeover`
  if (!tryCreate(guard, mine)) {
    // It lives for microseconds; an older one belongs to a process that died within them.
    if (ageMs(guard) < 10_000) throw busy(folder)
    remove(guard)
    if (!tryCreate(guard, mine)) throw busy(folder)
  }
  try {
    refuseLiveHolder(folder, path)
    remove(path)
    if (!tryCreate(path, mine)) throw busy(folder)
  } finally {
    remove(guard)
  }
}

function refuseLiveHolder(folder: string, path: string): void {
  const text = read(path)
  if (text === undefined) return
  const holder = parse(text)
  // Created but not written yet: its owner is alive, unless it died right there.
  if (holder === undefined) {
    if (ageMs(path) < 10_000) throw busy(folder)
    return
  }
  if (holder.host !== hostname()) throw heldElsewhere(folder, path, holder)
  if (isAlive(holder)) throw heldHere(folder, path, holder)
}

function heldHere(folder: string, path: string, { pid, since }: Holder): FolderInUse {
  const who = pid === process.pid ? `this process (${pid})` : `process ${pid}`
  return new FolderInUse(`The embedded database in ${folder} is in use by ${who} since ${since}.`, [
    `stop that process (kill ${pid}) and try again`,
    'or leave it running and use the hub it serves',
    'or use another folder: PAYUNG_DATA=other-folder',
    `if process ${pid} is something else and no hub uses the folder, delete ${path}`,
  ])
}

function heldElsewhere(folder: string, path: string, { pid, host, since }: Holder): FolderInUse {
  return new FolderInUse(
    `The embedded database in ${folder} is in use by process ${pid} on ${host} since ${since}. ` +
      'Whether that process still runs cannot be seen from here.',
    [
      `stop it on ${host} and try again`,
      'or use another folder: PAYUNG_DATA=other-folder',
      `if ${host} is gone (a container that was replaced, for instance), delete ${path}`,
    ],
  )
}

function busy(folder: string): FolderInUse {
  return new FolderInUse(`Another process is just opening the embedded database in ${folder}.`, [
    'use the hub it serves, or another folder: PAYUNG_DATA=other-folder',
  ])
}

function describe(pid: number): string {
  const holder: Holder = { pid, host: hostname(), since: new Date().toISOString(), started: startOf(pid) }
  return JSON.stringify(holder)
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder
    return Number.isSafeInteger(holder.pid) && holder.pid > 0 ? holder : undefined
  } catch {
    return undefined
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    // Signal 0 is never delivered; sending it says whether the process exists.
    process.kill(pid, 0)
  } catch (error) {
    // Forbidden means: exists, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return started === null || now === null || started === now
}

/** The boot of the machine and the clock tick in it at which a process began: never the same twice. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold anything; the rest is regular.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    return null
  }
}

function tryCreate(path: string, text: string): boolean {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeSync(file, text)
  } finally {
    closeSync(file)
  }
  return true
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch {
    return 0
  }
}

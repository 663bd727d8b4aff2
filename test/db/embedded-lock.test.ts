// Real: folders, lock files, and second processes that are started and killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { lockFolder } from '../../src/db/embedded-lock.ts'
import { SettingEntity } from '../../src/db/setting.entity.ts'
import { SetupError } from '../../src/kernel/errors.ts'

let folder: string
let lockFile: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payung-lock-'))
  lockFile = join(folder, 'database.lock')
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function openInAnotherProcess(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'open-elsewhere.ts'), folder])
  children.push(child)
  child.stderr!.pipe(process.stderr)
  const [said] = await once(child.stdout!, 'data')
  return { child, said: String(said) }
}

function leaveLock(holder: Record<string, unknown>): void {
  writeFileSync(
    lockFile,
    JSON.stringify({ host: hostname(), since: '2026-11-22T06:00:00.000Z', started: null, ...holder }),
  )
}

test('a second process is refused with the id of the first, and takes over when the first was killed', async () => {
  const first = await openInAnotherProcess()
  expect(first.said).toBe('open\n')

  const second = await openInAnotherProcess()
  expect(second.said).toContain(`is in use by process ${first.child.pid} since 20`)
  expect(second.said).toContain(`kill ${first.child.pid}`)
  expect(second.said).toContain('PAYUNG_DATA')
  await expect(openDatabase({ dataDir: folder }, [SettingEntity])).rejects.toThrow(SetupError)

  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const third = await openInAnotherProcess()
  expect(third.said).toBe('open\n')
})

test('a folder is free again after its database is closed, and its rows are still there', async () => {
  const first = await openDatabase({ dataDir: folder }, [SettingEntity])
  expect(existsSync(lockFile)).toBe(true)
  await expect(openDatabase({ dataDir: folder }, [SettingEntity])).rejects.toThrow('this process')
  await first.query('create table kept as select 1 as one')
  await first.close()
  expect(existsSync(lockFile)).toBe(false)

  const second = await openDatabase({ dataDir: folder }, [SettingEntity])
  expect(await second.query('select one from kept')).toEqual([{ one: 1 }])
  await second.close()
})

test('the lock of a process that is gone is taken over', () => {
  leaveLock({ pid: 2 ** 22 + 1 })
  const release = lockFolder(folder)
  expect(JSON.parse(readFileSync(lockFile, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() })
  release()
})

test.runIf(existsSync('/proc/self/stat'))(
  'the id of a dead process that now belongs to another is no lock',
  () => {
    leaveLock({ pid: process.ppid, started: 'another boot 1' })
    lockFolder(folder)()
  },
)

test('a live process is believed when nobody can tell when it started', () => {
  leaveLock({ pid: process.ppid })
  expect(() => lockFolder(folder)).toThrow(`in use by process ${process.ppid}`)
})

test('a process on another machine is believed, with the file to delete when it is gone', () => {
  leaveLock({ pid: 1, host: 'another-machine' })
  expect(() => lockFolder(folder)).toThrow(`delete ${lockFile}`)
})

test('a lock that is still being written is respected, an empty one that was left behind is not', () => {
  writeFileSync(lockFile, '')
  expect(() => lockFolder(folder)).toThrow('just opening')
  utimesSync(lockFile, new Date(0), new Date(0))
  lockFolder(folder)()
})

test('a process that exits without closing leaves no lock', async () => {
  const script = `import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, '../../src/db/embedded-lock.ts'))}
    lockFolder(${JSON.stringify(folder)})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(existsSync(lockFile)).toBe(false)
})

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { keep } from '../harness/outputs.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * The command line, compiled anew from the sources into a folder of its own: Node cannot run decorators as they are
 * written, and `dist` may be older than the code.
 */
export class Payung {
  /** Holds `bin`, `dist` and the data of these tests; under the package, so that modules and data files are found. */
  readonly folder = mkdtempSync(join(packageRoot, 'node_modules', '.payung-test-'))

  copyBin(): void {
    cpSync(join(packageRoot, 'bin'), join(this.folder, 'bin'), { recursive: true })
  }

  async compile(): Promise<void> {
    this.copyBin()
    const tsc = join(packageRoot, 'node_modules/.bin/tsc')
    const project = ['-p', join(packageRoot, 'tsconfig.build.json'), '--outDir', join(this.folder, 'dist')]
    await promisify(execFile)(tsc, project)
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    return finished(this.start(args, env))
  }

  start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [join(this.folder, 'bin/payung.js'), ...args], {
      env: { PATH: process.env.PATH, PAYUNG_DATA: join(this.folder, 'data'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) keepTerminal(stream)
    return child
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** When it ends, so that no number is cut in two. */
function keepTerminal(stream: Readable): void {
  let written = ''
  stream.on('data', (text) => {
    written += text
  })
  stream.on('close', () => keep('terminal', written))
}

/** What a process has written when it ends, and its exit code. */
export function finished(child: ChildProcess): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  child.stdout!.on('data', (text) => {
    stdout += text
  })
  child.stderr!.on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr })))
}

/**
 * Where a hub answers that `serve` has started: `http://127.0.0.1:4000`.
 *
 * @throws Error with what it has said, when it ends before it is open.
 */
export function servedAt(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr!.on('data', (text) => {
      said += text
      const address = /GraphQL +(http:\S+)\/graphql/.exec(said)?.[1]
      if (address) resolve(address)
    })
    child.on('close', () => reject(new Error(said)))
  })
}

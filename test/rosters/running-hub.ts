import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { expect } from 'vitest'
import { type Payung, servedAt } from '../server/payung.ts'

/** A transaction of work on a roster, as the log tells of it. */
export interface LoggedWork {
  readonly state: 'SCREENING' | 'ENROLLING'
  /** When it was done, in milliseconds since 1970. */
  readonly time: number
}

/** A hub that is a process of its own, asked over HTTP. */
export class RunningHub {
  /** What it has done so far. */
  readonly work: LoggedWork[] = []
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown[]>
  readonly #lines: Interface
  #address = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = once(child, 'close')
    this.#lines = createInterface(child.stdout!).on('line', (line) => {
      const logged = JSON.parse(line)
      if (logged.component === 'rosters' && logged.done !== undefined) this.work.push(logged)
    })
  }

  /** @throws Error with what it has said, when it ends before it is open. */
  static async start(payung: Payung, env: Record<string, string>): Promise<RunningHub> {
    const child = payung.start(['serve'], env)
    const hub = new RunningHub(child)
    hub.#address = await servedAt(child)
    return hub
  }

  /** Until it has done so many transactions more, or is no longer. */
  async worksOn(transactions: number): Promise<void> {
    const until = this.work.length + transactions
    const done = async () => {
      while (this.work.length < until) await once(this.#lines, 'line')
    }
    await Promise.race([done(), this.#ended])
  }

  /** Without a warning, whether it lives or not. */
  end(): void {
    this.#child.kill('SIGKILL')
  }

  /** Without a warning. It has lived until then. */
  async kill(): Promise<void> {
    this.end()
    expect(await this.#ended).toEqual([null, 'SIGKILL'])
  }

  /** @returns the id of the roster. */
  async receive(token: string, search: Record<string, string>, csv: string): Promise<string> {
    const response = await fetch(`${this.#address}/rosters?${new URLSearchParams(search)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv; charset=utf-8' },
      body: csv,
    })
    expect(response.status).toBe(201)
    return ((await response.json()) as { id: string }).id
  }

  /** A mutation that a roster refuses to nobody: `submitRoster`, `decideRow` and their like. */
  async change(token: string, name: string, input: object): Promise<void> {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`
    const response = await fetch(`${this.#address}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ... on RosterRefusal { code } } }`,
        variables: { input },
      }),
    })
    const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown }
    expect([name, errors, data?.[name]]).toEqual([name, undefined, { __typename: 'Roster' }])
  }
}

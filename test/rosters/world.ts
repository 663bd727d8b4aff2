import { vaultNik } from '../../src/access/vault/vault.ts'
import type { Hub } from '../../src/app.ts'
import { firstDay, type Month } from '../../src/kernel/month.ts'
import type { Nik } from '../../src/kernel/nik.ts'
import { parsePeriod, toDaterange } from '../../src/kernel/period.ts'
import type { RosterState } from '../../src/rosters/roster.entity.ts'
import type { Inserted, InsertedProgram } from '../harness/builders.ts'

type Opened = Pick<Hub, 'db' | 'nikKeys'>

/** A row as the table has it: columns by their names, lists as they are. */
export type RowColumns = Readonly<Record<string, string | number | null | readonly object[]>>

/** Who a row says somebody is. */
export interface RowPerson {
  readonly nik: Nik
  readonly fullName: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
}

/**
 * A roster in any state, with plain SQL and without a file:
 *
 * ```ts
 * await aRoster(program).inState('SCREENED').withRow({ outcome: 'ELIGIBLE', rank: 1 }).in(hub)
 * ```
 */
export function aRoster(program: InsertedProgram): RosterBuilder {
  return new RosterBuilder(program)
}

class RosterBuilder {
  #period = parsePeriod('2023-06..2023-12')
  #state: RosterState = 'SCREENED'
  #submittedBy: string | null = null
  #areas: readonly string[] | null = null
  #replaces: Inserted | null = null
  #done = 0
  readonly #rows: { columns: RowColumns; person?: RowPerson | undefined }[] = []

  constructor(readonly program: InsertedProgram) {}

  during(period: string): this {
    this.#period = parsePeriod(period)
    return this
  }

  inState(state: RosterState): this {
    this.#state = state
    return this
  }

  submittedBy(subject: string): this {
    this.#submittedBy = subject
    return this
  }

  /** Sent by somebody who sees these areas only; else those of the payer. */
  sentFrom(...areas: readonly string[]): this {
    this.#areas = areas
    return this
  }

  correcting(roster: Inserted): this {
    this.#replaces = roster
    return this
  }

  throughWith(rows: number): this {
    this.#done = rows
    return this
  }

  /** The next row. A farmer in Balaraja, born in 1983, unless told. */
  withRow(columns: RowColumns = {}, person?: RowPerson): this {
    this.#rows.push({ columns, person })
    return this
  }

  async in(hub: Opened): Promise<Inserted> {
    const { query } = hub.db
    const [roster] = await query<Inserted>(
      `/* test.roster */ insert into roster (program_code, payer_id, period, state, version, replaces_id, row_count, done, areas,
        submitted_by)
      values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9::text[], array(select coalesce(area_code, '*') from payer where id = $2)),
        $10) returning id`,
      [
        this.program.code,
        this.program.payer.id,
        toDaterange(this.#period),
        this.#state,
        this.#replaces === null ? 1 : 2,
        this.#replaces?.id ?? null,
        this.#rows.length,
        this.#done,
        this.#areas,
        this.#submittedBy,
      ],
    )
    const { id } = roster!
    await query(
      `/* test.steps */ insert into roster_step (roster_id, state, at, actor, reason)
        values ($1, 'DRAFT', '2023-05-02 03:00:00+00', 'clerk', 'The June sweep')`,
      [id],
    )
    if (this.#state !== 'DRAFT') {
      await query(
        `/* test.steps */ insert into roster_step (roster_id, state, at) values ($1, $2, '2023-05-02 03:01:00+00')`,
        [id, this.#state],
      )
    }
    for (const [index, { columns, person }] of this.#rows.entries())
      await insertRow(hub, id, index + 1, columns, person)
    return { id }
  }
}

async function insertRow(
  hub: Opened,
  roster: string,
  row: number,
  more: RowColumns,
  person: RowPerson | undefined,
): Promise<void> {
  const columns: RowColumns = {
    roster_id: roster,
    row,
    category: 'FARMER',
    sex: 'FEMALE',
    birth_month: person ? firstDay(person.birthDate.slice(0, 7) as Month) : '1983-05-01',
    village_code: '36.03.01.2003',
    welfare_decile: 2,
    ...more,
  }
  const names = Object.keys(columns)
  await hub.db.query(
    `/* test.roster_row */ insert into roster_row (${names.join(', ')})
      values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(columns).map((value) => (Array.isArray(value) ? JSON.stringify(value) : value)),
  )
  if (!person) return
  const { keyId, cipher, tokens } = vaultNik(person.nik, hub.nikKeys)
  await hub.db.query(
    `/* test.roster_identity */ insert into roster_identity (roster_id, row, key_id, nik_token, nik_cipher, full_name, birth_date)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    [roster, row, keyId, tokens[0]!.token, cipher, person.fullName, person.birthDate],
  )
}

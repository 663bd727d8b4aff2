import type { Query } from '../../src/db/database.ts'

/** The least rows around a worker: areas, a payer, a program, one worker with one committed enrollment. */
export async function aWorkerInAProgram(query: Query): Promise<void> {
  await query(`/* test.rows */
    insert into province values ('36', 'Banten');
    insert into regency values ('36.03', '36', 'Kabupaten Tangerang', 'KABUPATEN');
    insert into district values ('36.03.01', '36.03', 'Balaraja');
    insert into village values ('36.03.01.2001', '36.03.01', 'Tobat', 'DESA');
    insert into payer (id, kind, name, area_code) values
      (1, 'PROVINCE', 'Pemerintah Provinsi Banten', '36'),
      (2, 'REGENCY', 'Pemerintah Kabupaten Tangerang', '36.03');
    insert into coverage_program (code, name, payer_id, funding_source, segment, benefits, period, contribution,
      legal_basis)
    values ('BANTEN-2022', 'Pekerja rentan Banten', 1, 'APBD_PROVINCE', 'BPU', '{JKK,JKM}',
      '[2022-01-01,2023-01-01)', 16800, 'test');
    insert into worker (id, category, sex, birth_month, village_code, domicile_since)
    values (1, 'FISHER', 'MALE', '1980-05-01', '36.03.01.2001', '2010-01-01');
    insert into enrollment (worker_id, id, program_code, period, decision, decided_on)
    values (1, 1, 'BANTEN-2022', '[2022-01-01,2023-01-01)', 'COMMITTED', '2022-01-01')`)
}

/** Adds a subsidized line of the hub for the one worker: JKK from January to December 2022 unless told. */
export async function addLine(
  query: Query,
  { period = '[2022-01-01,2023-01-01)', group = 'JKK' as string | null, payer = 1 } = {},
): Promise<void> {
  await query(
    `/* test.add_line */ insert into coverage_line (worker_id, enrollment_id, program_code, payer_id,
      funding_source, segment, benefit, period, exclusive_group, origin)
    values (1, 1, 'BANTEN-2022', $1, 'APBD_PROVINCE', 'BPU', 'JKK', $2, $3, 'HUB')`,
    [payer, period, group],
  )
}

/** A budget of payer 1 for 2022 with nothing in it. */
export async function anEmptyBudget(query: Query): Promise<void> {
  await query(`/* test.empty_budget */
    insert into budget (id, payer_id, fiscal_year, funding_source, agency, original_ceiling)
    values (1, 1, 2022, 'APBD_PROVINCE', 'Disnakertrans', 1000)`)
}

/** Enters one line into the ledger of budget 1; deltas of ceiling, committed, paid in rupiah. */
export async function enter(query: Query, kind: string, ...deltas: [number, number, number]): Promise<void> {
  await query(
    `/* test.enter */ insert into budget_entry (budget_id, kind, ceiling_delta, committed_delta, paid_delta,
      entered_on, note)
    values (1, $1, $2, $3, $4, '2022-01-10', 'test')`,
    [kind, ...deltas],
  )
}

/** The balance of budget 1. */
export async function balance(query: Query): Promise<Record<string, unknown> | undefined> {
  const [row] = await query(
    '/* test.balance */ select ceiling, committed, paid, version from budget where id = 1',
  )
  return row
}

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { readSettings } from '../../src/db/settings.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import { openTestHub } from '../harness/hub.ts'

const VIEWER = { name: 'Analis', subject: 'analis', permissions: ['registry:read'], areas: ['36'] }

let hub: Hub
beforeAll(async () => {
  hub = await openTestHub()
})
afterAll(() => hub.close())

async function readAfterStoring(name: string, value: string) {
  await hub.db.query(
    `/* test.setting */ insert into setting (name, value) values ($1, $2)
      on conflict (name) do update set value = excluded.value`,
    [name, value],
  )
  try {
    return await readSettings(hub.db)
  } finally {
    await hub.db.query('/* test.forget */ delete from setting where name = $1', [name])
  }
}

test('a hub that nobody filled has no viewers, and reads those that are stored', async () => {
  expect((await readSettings(hub.db)).viewers).toEqual([])
  const viewers = [VIEWER, { ...VIEWER, payer: '7' }]
  expect((await readAfterStoring('viewers', JSON.stringify(viewers))).viewers).toEqual(viewers)
})

test.each([
  ['viewers', 'no JSON'],
  ['viewers', JSON.stringify([{ ...VIEWER, areas: 'everywhere' }])],
  ['viewers', JSON.stringify([{ ...VIEWER, token: 'secret' }])],
  ['eligibility', '{"minAge":"eighteen"}'],
])('a setting %s that cannot be understood is refused with an example: %s', async (name, value) => {
  const refusal = await readAfterStoring(name, value).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(SetupError)
  const { message } = refusal as SetupError
  expect(message).toContain(`The setting "${name}" cannot be understood; it looks like `)
  expect(message).not.toContain(value)
})

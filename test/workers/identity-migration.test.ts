// Real: the embedded database as the first version left it, then migrated.
import { expect, test } from 'vitest'
import { temporaryNikKeys } from '../../src/access/vault/nik-keys.ts'
import { nikToken, sealNik } from '../../src/access/vault/vault.ts'
import { openDatabase } from '../../src/db/database.ts'
import { useMigrations } from '../../src/db/migrations/index.ts'
import { readIdentities } from '../../src/workers/identity.ts'
import { admitKeys } from '../../src/workers/identity-keys.ts'
import { aWorkerInAProgram } from '../db/rows.ts'
import { entities } from '../harness/entities.ts'
import { findWorkersByNik, nikNumber, register } from './vault-world.ts'

test('people of the first version are found, read and not registered again', async () => {
  const db = await openDatabase({}, entities)
  const keys = temporaryNikKeys()
  const nik = nikNumber(1)
  const token = nikToken(nik, keys[0])
  try {
    useMigrations(db.orm)
    await db.orm.migrator.up({ to: 'Migration20261122000000_first_light' })
    await aWorkerInAProgram(db.query)
    await db.query(
      `/* test.first_version */ insert into worker_identity
        (nik_token, key_id, worker_id, nik_cipher, full_name, birth_date)
        values ($1, $2, 1, $3, 'Budi', '1980-05-09')`,
      [token, keys[0].id, sealNik(nik, token, keys[0])],
    )
    await db.migrate()
    await admitKeys(db.query, keys)
    expect(await findWorkersByNik(db.query, [nik], keys)).toEqual(new Map([[nik, '1']]))
    const people = await readIdentities(db.query, ['1'], keys)
    expect(people.get('1')).toEqual({ nik, fullName: 'Budi', birthDate: '1980-05-09' })
    await expect(register(db, 1, nik, keys)).rejects.toMatchObject({ code: 'CONFLICT' })
  } finally {
    await db.close()
  }
})

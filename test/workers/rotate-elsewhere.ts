// A second process for identity-rotation.test.ts: rotates the keys of PAYUNG_NIK_KEYS in the database of its first
// argument, a few identities at a time, and says so whenever a batch is done.
import { openDatabase } from '../../src/db/database.ts'
import { parseNikKeys } from '../../src/kernel/nik-keys.ts'
import { rotateKeys } from '../../src/workers/identity-rotation.ts'
import { WorkerIdentityEntity } from '../../src/workers/worker-identity.entity.ts'

const [, , databaseUrl] = process.argv
const { keys } = parseNikKeys(process.env.PAYUNG_NIK_KEYS!)
const [current, ...former] = keys
const db = await openDatabase({ databaseUrl }, [WorkerIdentityEntity])
const progress = { step: () => ({ advance: (n = 1) => n > 0 && console.log('batch'), done: () => {} }) }
await rotateKeys(db, [current!, ...former], { progress, batch: 5 })
await db.close()

// A second process for embedded-lock.test.ts: opens the folder in its first argument and says how that went.
import { openDatabase } from '../../src/db/database.ts'
import { SettingEntity } from '../../src/db/setting.entity.ts'

try {
  await openDatabase({ dataDir: process.argv[2] }, [SettingEntity])
  console.log('open')
  // Stays until it is killed: the lock must then be stale.
  setInterval(() => {}, 1000)
} catch (error) {
  console.log((error as Error).message)
  process.exitCode = 1
}

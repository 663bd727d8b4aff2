import type { Constructor } from '@mikro-orm/core'
import { type Migration, Migrator } from '@mikro-orm/migrations'
import type { MikroORM } from '@mikro-orm/postgresql'
import { Migration20261122000000_first_light } from './Migration20261122000000_first_light.ts'
import { Migration20261123000000_audit } from './Migration20261123000000_audit.ts'
import { Migration20261123000100_identity_tokens } from './Migration20261123000100_identity_tokens.ts'
import { Migration20261123000200_agreements } from './Migration20261123000200_agreements.ts'
import { Migration20261124000000_enrollment_life } from './Migration20261124000000_enrollment_life.ts'
import { Migration20261125000000_rosters } from './Migration20261125000000_rosters.ts'
import { MIGRATION_NAMES, type MigrationName } from './names.ts'

/** Named one by one and not found by scanning a folder, so that it is the same compiled, in tests and in tsx. */
const MIGRATIONS: Record<MigrationName, Constructor<Migration>> = {
  Migration20261122000000_first_light,
  Migration20261123000000_audit,
  Migration20261123000100_identity_tokens,
  Migration20261123000200_agreements,
  Migration20261124000000_enrollment_life,
  Migration20261125000000_rosters,
}

/** Gives MikroORM its migrator and our migrations; calling it again changes nothing. */
export function useMigrations(orm: MikroORM): void {
  orm.config.set('migrations', {
    ...orm.config.get('migrations'),
    migrationsList: MIGRATION_NAMES.map((name) => ({ name, class: MIGRATIONS[name] })),
  })
  Migrator.register(orm)
}

import type { EntitySchema, MetadataStorage } from '@mikro-orm/core'
import { MikroORM } from '@mikro-orm/postgresql'
import type { Logger } from '../kernel/log.ts'
import type { Engine } from './engine.ts'
import { MIGRATIONS_TABLE } from './migrate.ts'

/**
 * MikroORM over the engine's own connections. The PostgreSQL driver serves the embedded database too: through
 * the dialect it cannot tell the difference, so there is one platform, one SQL and one EntityManager class.
 */
export function openOrm(engine: Engine, entities: readonly EntitySchema[], logger?: Logger): MikroORM {
  return new MikroORM({
    entities: [...entities],
    driverOptions: engine.dialect,
    dbName: engine.databaseName,
    // A missing database is the operator's business; without this, MikroORM asks for it at every start.
    ensureDatabase: false,
    discovery: { afterDiscovered: forbidCascades },
    // Triggers are in the migrations; to MikroORM they would be leftovers to drop.
    schemaGenerator: { ignoreTriggers: true },
    migrations: { tableName: MIGRATIONS_TABLE, snapshot: false, silent: true },
    logger: (message) => logger?.debug({ component: 'mikro-orm' }, message),
  })
}

/**
 * Nothing is deleted or renamed by a cascade: what depends on a row is dealt with by a rule, or refuses.
 * MikroORM's own defaults for this stop at relations that are nullable or part of a key, where it has others.
 */
function forbidCascades(storage: MetadataStorage): void {
  for (const meta of storage) {
    for (const relation of meta.relations) {
      relation.deleteRule = 'no action'
      relation.updateRule = 'no action'
    }
  }
}

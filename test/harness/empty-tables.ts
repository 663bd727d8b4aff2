import type { Database } from '../../src/db/database.ts'

/**
 * Empties tables and whatever refers to them, also where the database refuses that to everybody else (append-only
 * tables), and numbers their rows from 1 again.
 */
export async function emptyTables(db: Database, ...tables: string[]): Promise<void> {
  await db.transaction((query) =>
    query(`/* test.empty_tables */ set local session_replication_role = replica;
      truncate ${tables.join(', ')} restart identity cascade`),
  )
}

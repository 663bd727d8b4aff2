/** Every migration, in the order in which they apply. The classes are in `index.ts`, under the same names. */
export const MIGRATION_NAMES = ['Migration20261122000000_first_light'] as const

export type MigrationName = (typeof MIGRATION_NAMES)[number]

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../src/kernel/package-root.ts'

const SRC = join(packageRoot, 'src')

/** Floors from the ground up: a file imports its own floor or a lower one. */
const FLOORS: readonly (readonly string[])[] = [
  ['kernel'],
  ['db', 'planner'],
  ['access', 'contract'],
  ['areas', 'payers', 'programs', 'workers', 'budgets', 'enrollments', 'overlaps'],
  ['rosters', 'insight', 'setup'],
  ['graph', 'app.ts'],
  ['server'],
  ['cli.ts', 'main.ts', 'cli'],
]

/** Rooms in the order in which they may import each other. */
const ROOMS = FLOORS[3]!

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('server/graphiql/'))
  .map((file) => file.replaceAll('\\', '/'))

const imports = files.flatMap((file) => importsOf(file).map((target) => ({ file, target })))

describe('the house', () => {
  test('has a floor for every folder', () => {
    expect(files.filter((file) => floorOf(file) === -1)).toEqual([])
  })

  test('is entered from the ground up: a file imports its own floor or a lower one', () => {
    const upward = imports.filter(({ file, target }) => floorOf(target) > floorOf(file))
    expect(upward).toEqual([])
  })

  test('has rooms that import each other in one order only', () => {
    const backward = imports.filter(({ file, target }) => {
      const [from, to] = [ROOMS.indexOf(placeOf(file)), ROOMS.indexOf(placeOf(target))]
      return from !== -1 && to > from
    })
    expect(backward).toEqual([])
  })

  test('has a planner that knows nothing of the rooms, and a database that knows nothing of the planner', () => {
    const foreign = imports.filter(({ file, target }) => {
      const [from, to] = [placeOf(file), placeOf(target)]
      return (from === 'planner' || from === 'db') && to !== from && to !== 'kernel'
    })
    expect(foreign).toEqual([])
  })

  test('lets only the command line know the scenarios', () => {
    const knowing = files.filter((file) => /from '(\.\.\/)+seeds\//.test(sourceOf(file)))
    expect(knowing.filter((file) => floorOf(file) < FLOORS.length - 1)).toEqual([])
  })
})

test('a resolver names no table in SQL: tables enter a statement as symbolic rows, which carry access rules', () => {
  const naming = files
    .filter((file) => floorOf(file) === 3 || floorOf(file) === 4)
    .filter((file) => /sql`[^`]*\b(from|join) "?[a-z_]+"?[ )]/.test(withoutDerived(sourceOf(file))))
  expect(naming).toEqual([])
})

/** `from unnest(…)`, `from generate_series(…)` and `from (…)` are no tables. */
function withoutDerived(source: string): string {
  return source.replace(/\b(from|join) (unnest|generate_series)\(/g, '')
}

function importsOf(file: string): string[] {
  const specifiers = sourceOf(file).matchAll(/(?:from|import) '(\.{1,2}\/[^']+)'/g)
  return [...specifiers]
    .map(([, specifier]) =>
      relative(SRC, resolve(dirname(join(SRC, file)), specifier!)).replaceAll('\\', '/'),
    )
    .filter((target) => !target.startsWith('..'))
}

function placeOf(file: string): string {
  return file.split('/')[0]!
}

function floorOf(file: string): number {
  return FLOORS.findIndex((floor) => floor.includes(placeOf(file)))
}

function sourceOf(file: string): string {
  return readFileSync(join(SRC, file), 'utf8')
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { packageRoot } from '../kernel/package-root.ts'

const JSON_OUTPUT = ['--json', 'print the result as JSON'] as const

/** The command line. What a command needs is loaded when it runs, so that help is there at once. */
export function createProgram(): Command {
  const program = new Command('payung')
    .description(
      'The coverage hub for vulnerable workers. Settings come from the environment: see README.md.',
    )
    .version(JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version)
    .exitOverride()

  program
    .command('serve')
    .description('migrate, fill an empty hub, and serve it until it is stopped')
    .action(async () => (await import('../main.ts')).serve())

  program
    .command('migrate')
    .description('bring the database schema up to date')
    .option(...JSON_OUTPUT)
    .action(async (options) => (await import('./database.ts')).migrate(options))

  program
    .command('seed')
    .description('fill an empty hub with a scenario; a hub that holds it already stays as it is')
    .argument('[scenario]', 'tangerang-2022 or national; by default what PAYUNG_SEED says')
    .option('--workers <n>', 'how many workers, for scenarios of any size', wholeNumber)
    .option(...JSON_OUTPUT)
    .action(async (scenario, options) => (await import('./database.ts')).seed(scenario, options))

  program
    .command('schema')
    .description('print the GraphQL contract (SDL)')
    .option('--out <file>', 'write it to a file instead')
    .option('--check <file>', 'say whether a file is the contract; exits 1 when it is not')
    .action(async ({ check, ...options }) => {
      const { checkSchema, printSchema } = await import('./schema.ts')
      if (check === undefined) printSchema(options)
      else checkSchema(check)
    })

  program
    .command('verify')
    .description('check that things agree')
    .command('schema')
    .description('compare the tables of the database with the entities; exits 1 when they differ')
    .option(...JSON_OUTPUT)
    .action(async (options) => (await import('./database.ts')).verifySchema(options))

  return program
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

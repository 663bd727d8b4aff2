import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { PERMISSIONS, ROLES } from '../access/permission.ts'
import { GATEWAY_SCOPE } from '../access/tokens/gateway-scope.ts'
import { packageRoot } from '../kernel/package-root.ts'
import { ROTATION_RECIPE } from './rotation-recipe.ts'

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
    .command('apply')
    .description(
      'say what a file of payers, programs, budgets and rates would change, and change nothing; exits 1 when it may not be',
    )
    .argument('<file>', 'YAML: see docs/setting-up-a-hub.md')
    .option('--yes', 'migrate, load the areas, and change it')
    .option(...JSON_OUTPUT)
    .action(async (file, options) => (await import('./apply.ts')).apply(file, options))

  program
    .command('import')
    .description('bring files into a hub')
    .command('roster')
    .description('receive a list of people for a program, screen it, and say what came of its rows')
    .argument('<file>', 'a CSV in UTF-8, or an XLSX workbook')
    .requiredOption('--program <code>', 'the program they are to be enrolled in')
    .requiredOption('--from <month>', 'the first month, such as 2023-06')
    .requiredOption('--to <month>', 'the last month')
    .option('--replaces <id>', 'the roster that this one corrects')
    .option(
      '--url <address>',
      'a hub that runs, instead of the one of this folder; needs a token in PAYUNG_TOKEN',
    )
    .option(...JSON_OUTPUT)
    .action(async (file, options) => (await import('./rosters/import-roster.ts')).importRoster(file, options))

  program
    .command('token')
    .description('sign a token for development with the key of this folder')
    .addOption(new Option('--role <role>', 'permissions that go together').choices(Object.keys(ROLES)))
    .addOption(
      new Option('--permission <permission...>', 'permissions one by one').choices([
        ...Object.keys(PERMISSIONS),
        GATEWAY_SCOPE,
      ]),
    )
    .option('--area <code...>', "areas whose people it shows: 36, 36.03, or '*' for everywhere")
    .option('--payer <id>', 'the payer it works for')
    .option('--partner <name>', 'the partner it works for')
    .option('--subject <name>', 'who it is; by default the role')
    .addOption(
      new Option('--expires <time>', 'how long it lasts, up to 30d: 45m, 8h, 7d')
        .argParser(seconds)
        .default(seconds('8h'), '8h'),
    )
    .option(...JSON_OUTPUT)
    .action(async (options) => (await import('./token.ts')).token(options))

  program
    .command('rotate-keys')
    .description('bring everybody in the vault to the first key of PAYUNG_NIK_KEYS, beside running hubs')
    .option('--retire <key>', 'afterwards drop the tokens of a former key')
    .option('--batch <n>', 'identities per transaction', wholeNumber, 1_000)
    .option(...JSON_OUTPUT)
    .addHelpText('after', ROTATION_RECIPE)
    .action(async (options) => (await import('./keys.ts')).rotateKeys(options))

  program
    .command('index-partner')
    .description('let a partner of PAYUNG_PARTNER_KEYS find people by his own tokens, beside running hubs')
    .argument('<partner>', 'the name in PAYUNG_PARTNER_KEYS')
    .option('--remove', 'drop all his tokens instead, and forget his key')
    .option('--batch <n>', 'identities per transaction', wholeNumber, 1_000)
    .option(...JSON_OUTPUT)
    .action(async (partner, options) => (await import('./keys.ts')).indexPartner(partner, options))

  program
    .command('keys')
    .description('keep the keys of the vault')
    .command('backup')
    .description('copy the generated keys of PAYUNG_DATA to a file that only you can read')
    .requiredOption('--to <file>', 'a new file outside of PAYUNG_DATA')
    .option(...JSON_OUTPUT)
    .action(async (options) => (await import('./keys.ts')).backUpKeys(options))

  program
    .command('schema')
    .description('print the GraphQL contract (SDL)')
    .option('--out <folder>', 'write it, who may read what, and the trusted documents there instead')
    .option('--check <folder>', 'say whether those of a folder are the same; exits 1 when they are not')
    .action(async ({ check, ...options }) => {
      const { checkSchema, printSchema } = await import('./schema.ts')
      if (check === undefined) printSchema(options)
      else checkSchema(check)
    })

  const verify = program.command('verify').description('check that things agree')
  verify
    .command('schema')
    .description('compare the tables of the database with the entities; exits 1 when they differ')
    .option(...JSON_OUTPUT)
    .action(async (options) => (await import('./database.ts')).verifySchema(options))
  verify
    .command('audit')
    .description('prove that the audit trail is complete and unchanged; exits 1 when it is not')
    .option(...JSON_OUTPUT)
    .action(async (options) => (await import('./verify-audit.ts')).verifyAudit(options))
  verify
    .command('ledger')
    .description('prove that money, charges and coverage agree; exits 1 and names what does not')
    .option(...JSON_OUTPUT)
    .action(async (options) => (await import('./verify-ledger.ts')).verifyLedger(options))

  program.hook('postAction', async (_, command) => {
    if (USING_KEYS.has(command.name())) (await import('./keys.ts')).warnWithoutBackup()
  })

  return program
}

/** Commands after which a person hears that the keys of the folder have no backup. */
const USING_KEYS: ReadonlySet<string> = new Set(['serve', 'seed', 'roster', 'rotate-keys', 'index-partner'])

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

function seconds(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? []
  const total = Number(count) * SECONDS[unit as keyof typeof SECONDS]
  if (total <= 30 * SECONDS.d) return total
  throw new InvalidArgumentError('It must be a time up to 30d, such as 45m, 8h or 7d.')
}

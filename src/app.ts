import { randomUUID } from 'node:crypto'
import type { ExecutionResult } from 'graphql'
import { createAllowance } from './access/allowance.ts'
import { recordRefusal } from './access/audit/audit.ts'
import { type FieldRules, fieldRules } from './access/field-rules.ts'
import { tableRules } from './access/table-rules.ts'
import type { Authenticator } from './access/tokens/authenticator.ts'
import type { DevelopmentKey } from './access/tokens/development-key.ts'
import { openTokenKeys } from './access/tokens/open-token-keys.ts'
import { loadOrCreateNikKeys, type NikKeys, temporaryNikKeys } from './access/vault/nik-keys.ts'
import { ANONYMOUS, type Viewer } from './access/viewer.ts'
import type { Context } from './contract/context.ts'
import { leafFormats } from './contract/scalars.ts'
import { type Database, openDatabase } from './db/database.ts'
import { readSettings } from './db/settings.ts'
import { type Admission, createAdmission } from './graph/admission/admission.ts'
import type { AskedRequest } from './graph/admission/asked.ts'
import { createComplexityLimit } from './graph/admission/complexity.ts'
import { ADMISSION_LIMITS } from './graph/admission/limits.ts'
import { readTrustedDocuments } from './graph/admission/trusted.ts'
import { entities } from './graph/entities.ts'
import { createGate, type Gate } from './graph/gate.ts'
import { runOperation } from './graph/operation.ts'
import { policies } from './graph/policies.ts'
import { createPlannedSchema } from './graph/schema.ts'
import { DEFAULT_LIMITS } from './insight/eligible.ts'
import { type Clock, currentMonth, systemClock } from './kernel/clock.ts'
import { type Config, DEFAULT_OPERATION_LIMITS } from './kernel/config.ts'
import type { Logger } from './kernel/log.ts'
import type { Month } from './kernel/month.ts'
import { embeddedExecutor, serverExecutor } from './planner/executor.ts'
import type { Planner } from './planner/planner.ts'
import { render } from './planner/render.ts'
import { Tables } from './planner/tables.ts'
import { admitKeys } from './workers/identity-keys.ts'

/** An open hub: everything a door (server, command line, test) needs to answer. */
export interface Hub {
  readonly db: Database
  readonly planner: Planner
  readonly nikKeys: NikKeys
  /** Whom tokens are believed. */
  readonly authenticator: Authenticator
  /** In development, what signs tokens. */
  readonly developmentKey?: DevelopmentKey | undefined
  /** Which fields anybody may ask for. */
  readonly fieldRules: FieldRules
  /** The first check of a request, before anything parses it. */
  readonly admission: Admission
  /** The last check of an operation, before anything runs. */
  readonly gate: Gate
  /** The context of a request. */
  context(request: RequestFacts): Context
  /** Runs an operation for a door that is not Apollo's, past the same checks. */
  run(asked: AskedRequest, context: Context): Promise<ExecutionResult>
  /** Records a token that was refused. */
  loginFailed(request: { readonly requestId: string }): Promise<void>
  /** Reads the hub's settings again, after a scenario has filled it. */
  refresh(): Promise<void>
  close(): Promise<void>
}

/** What a door knows of a request. */
export interface RequestFacts {
  readonly requestId?: string
  readonly overGet?: boolean
  /** Anybody, unless the door knows better. */
  readonly viewer?: Viewer
  /** Whether a gateway passes it on. */
  readonly gateway?: boolean
  /** Whom limits count. */
  readonly client?: string
}

/** What opening a hub needs of the configuration. `dataDir` may be `memory`, with keys that live as long. */
export type HubConfig = Pick<
  Config,
  'databaseUrl' | 'migrationUrl' | 'dataDir' | 'poolSize' | 'nikKeys' | 'production' | 'today' | 'exposeSql'
> &
  Partial<Pick<Config, 'tokens' | 'federation' | 'partnerKeys' | 'operations'>>

/**
 * Opens the database, brings its schema up to date and plans the contract over it, under the access rules.
 *
 * @throws SetupError when the database, its schema or the keys are not as they must be.
 */
export async function openHub(config: HubConfig, logger?: Logger): Promise<Hub> {
  const db = await openDatabase({ ...config, logger }, entities)
  try {
    await db.migrate()
    const { nikKeys, partnerKeys = [] } = { ...config, nikKeys: nikKeysOf(config) }
    await admitKeys(db.query, nikKeys, partnerKeys)
    const tables = new Tables(db.orm, entities)
    const seen = tableRules(policies, entities)
    const planner = createPlannedSchema({
      tables,
      formats: leafFormats,
      execute: db.pool ? serverExecutor(db.pool) : embeddedExecutor(db.pglite!),
      guarded: seen.guarded,
    })
    const { schema } = planner.model
    const rules = fieldRules(schema, policies)
    const limits = config.operations ?? DEFAULT_OPERATION_LIMITS
    const checked = createAllowance({ points: limits.peopleCheckedPerHour, perSeconds: 3_600, of: 'people' })
    let settings = await readSettings(db)
    const hub: Hub = {
      db,
      planner,
      nikKeys,
      ...openTokenKeys(config, logger),
      fieldRules: rules,
      admission: createAdmission({
        limits: { ...ADMISSION_LIMITS, depth: limits.maxDepth },
        trusted: readTrustedDocuments(),
        trustedOnly: limits.trustedDocumentsOnly,
      }),
      gate: createGate({
        schema,
        rules,
        limit: createComplexityLimit(schema, limits),
        federation: config.federation ?? 'any-token',
      }),
      context: ({
        requestId = randomUUID(),
        overGet = false,
        viewer = ANONYMOUS,
        gateway = false,
        client = '',
      }) => {
        const context = Object.assign(new Dated(systemClock(config.today ?? settings.today)), {
          requestId,
          viewer,
          fromGateway: gateway,
          overGet,
          db,
          limits: settings.eligibility ?? DEFAULT_LIMITS,
          nikKeys,
          partnerKeys,
          allow: (people: number) => checked.take(client, people),
          trace: config.exposeSql ? [] : undefined,
        })
        const visibility = seen.visibility(viewer, context)
        const read: Context['read'] = (fragment, query = db.query) => {
          const { text, values } = render(fragment, tables, visibility)
          return query(
            text,
            values.map(({ value }) => value),
          )
        }
        return Object.assign(context, { visibility, read })
      },
      run: (asked, context) => runOperation({ schema, ...hub }, asked, context),
      loginFailed: ({ requestId }) =>
        recordRefusal(
          db,
          { viewer: ANONYMOUS, requestId },
          { action: 'LOGIN_FAILED', what: 'token', reason: 'UNAUTHENTICATED' },
        ),
      refresh: async () => {
        settings = await readSettings(db)
      },
      close: () => db.close(),
    }
    return hub
  } catch (error) {
    await db.close()
    throw error
  }
}

/**
 * The dates of a request, computed when they are asked for, as most never are. On a prototype, because Apollo copies a
 * context with `Object.assign`, which would compute them; so a context is never to be spread.
 */
class Dated {
  constructor(readonly clock: Clock) {}

  get today(): string {
    return this.clock.today()
  }

  get currentMonth(): Month {
    return currentMonth(this.clock)
  }
}

function nikKeysOf(config: HubConfig): NikKeys {
  return config.dataDir === 'memory' && !config.nikKeys ? temporaryNikKeys() : loadOrCreateNikKeys(config)
}

import type { ExecutionResult } from 'graphql'
import { createAllowance } from './access/allowance.ts'
import { recordRefusal } from './access/audit/audit.ts'
import { fieldRules } from './access/field-rules.ts'
import { tableRules } from './access/table-rules.ts'
import type { Authenticator } from './access/tokens/authenticator.ts'
import type { DevelopmentKey } from './access/tokens/development-key.ts'
import { openTokenKeys } from './access/tokens/open-token-keys.ts'
import { loadOrCreateNikKeys, type NikKeys, temporaryNikKeys } from './access/vault/nik-keys.ts'
import { ANONYMOUS } from './access/viewer.ts'
import type { Context } from './contract/context.ts'
import { leafFormats } from './contract/scalars.ts'
import { type Database, openDatabase } from './db/database.ts'
import { readSettings } from './db/settings.ts'
import { type Admission, createAdmission } from './graph/admission/admission.ts'
import type { AskedRequest } from './graph/admission/asked.ts'
import { createComplexityLimit } from './graph/admission/complexity.ts'
import { ADMISSION_LIMITS } from './graph/admission/limits.ts'
import { readTrustedDocuments } from './graph/admission/trusted.ts'
import { contextOf, type RequestFacts } from './graph/context.ts'
import { entities } from './graph/entities.ts'
import { createGate, type Gate } from './graph/gate.ts'
import { runOperation } from './graph/operation.ts'
import { policies } from './graph/policies.ts'
import { createPlannedSchema } from './graph/schema.ts'
import { type Subscribed, subscribeTo } from './graph/subscriptions.ts'
import { DEFAULT_LIMITS } from './insight/eligible.ts'
import { systemClock } from './kernel/clock.ts'
import { type Config, DEFAULT_OPERATION_LIMITS } from './kernel/config.ts'
import type { Logger } from './kernel/log.ts'
import { embeddedExecutor, serverExecutor } from './planner/executor.ts'
import type { Planner } from './planner/planner.ts'
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
  /** The first check of a request, before anything parses it. */
  readonly admission: Admission
  /** The last check of an operation, before anything runs. */
  readonly gate: Gate
  /** The context of a request. */
  context(request: RequestFacts): Context
  /** Runs a query or a mutation for a door that is not Apollo's, past the same checks. */
  run(asked: AskedRequest, context: Context): Promise<ExecutionResult>
  /** Runs a subscription past the same checks, with a context of its own for each event. */
  subscribe(asked: AskedRequest, newContext: () => Context): Promise<Subscribed>
  /** Records a token that was refused. */
  loginFailed(request: { readonly requestId: string }): Promise<void>
  /** Reads the hub's settings again, after a scenario has filled it. */
  refresh(): Promise<void>
  close(): Promise<void>
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
    const rules = tableRules(policies, entities)
    const planner = createPlannedSchema({
      tables,
      formats: leafFormats,
      execute: db.pool ? serverExecutor(db.pool) : embeddedExecutor(db.pglite!),
      guarded: rules.guarded,
    })
    const { schema } = planner.model
    const limits = config.operations ?? DEFAULT_OPERATION_LIMITS
    const shared = {
      db,
      nikKeys,
      partnerKeys,
      rules,
      tables,
      people: createAllowance({ points: limits.peopleCheckedPerHour, perSeconds: 3_600, of: 'people' }),
      exposeSql: config.exposeSql,
    }
    const admission = createAdmission({
      limits: { ...ADMISSION_LIMITS, depth: limits.maxDepth },
      trusted: readTrustedDocuments(),
      trustedOnly: limits.trustedDocumentsOnly,
    })
    const gate = createGate({
      schema,
      rules: fieldRules(schema, policies),
      limit: createComplexityLimit(schema, limits),
      federation: config.federation ?? 'any-token',
    })
    let facts = await readFacts(db, config)
    return {
      db,
      planner,
      nikKeys,
      ...openTokenKeys(config, logger),
      admission,
      gate,
      context: (request) => contextOf(request, { ...shared, ...facts }),
      run: (asked, context) => runOperation({ schema, admission, gate }, asked, context),
      subscribe: (asked, newContext) => subscribeTo({ schema, admission, gate }, asked, newContext),
      loginFailed: ({ requestId }) =>
        recordRefusal(
          db,
          { viewer: ANONYMOUS, requestId },
          { action: 'LOGIN_FAILED', what: 'token', reason: 'UNAUTHENTICATED' },
        ),
      refresh: async () => {
        facts = await readFacts(db, config)
      },
      close: () => db.close(),
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

/** What a scenario may say otherwise once it has filled the hub. */
async function readFacts(db: Database, config: HubConfig) {
  const { today, eligibility } = await readSettings(db)
  return { clock: systemClock(config.today ?? today), limits: { ...DEFAULT_LIMITS, ...eligibility } }
}

function nikKeysOf(config: HubConfig): NikKeys {
  return config.dataDir === 'memory' && !config.nikKeys ? temporaryNikKeys() : loadOrCreateNikKeys(config)
}

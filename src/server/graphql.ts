import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { Hub } from '../app.ts'
import type { Context } from '../contract/context.ts'
import type { Logger } from '../kernel/log.ts'
import { plannedResponses, spliceJsonText } from '../planner/apollo.ts'
import type { errorFormat } from './errors.ts'
import { honestStatuses } from './honest-statuses.ts'
import { currentRequestId } from './request-id.ts'
import type { ServerConfig } from './server.ts'

/** Apollo over the hub, started. */
export async function startApollo(
  hub: Hub,
  { production, introspection = !production, operations }: ServerConfig,
  logger: Logger,
  formatError: ReturnType<typeof errorFormat>,
  plugins: readonly ApolloServerPlugin<Context>[],
): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    schema: hub.planner.model.schema,
    plugins: [plannedResponses(hub.planner), honestStatuses, ...plugins, ...WITHOUT],
    stringifyResult: spliceJsonText,
    formatError,
    logger: apolloLogger(logger),
    csrfPrevention: true,
    introspection,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    // Documents, parsed or known by hash, in this process: 30 MiB, the least used leave first.
    cache: 'bounded',
    persistedQueries: operations?.trustedDocumentsOnly ? false : {},
    // The server stops as a whole: see stop.ts.
    stopOnTerminationSignals: false,
    // Otherwise read from the environment, which nothing but the configuration may do.
    nodeEnv: production ? 'production' : 'development',
  })
  await apollo.start()
  return apollo
}

/** What Apollo would add unasked: it reports to others, wraps every field's resolver, or shows a page of theirs. */
const WITHOUT: readonly ApolloServerPlugin<Context>[] = [
  ApolloServerPluginCacheControlDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginLandingPageDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginUsageReportingDisabled(),
]

function apolloLogger(logger: Logger) {
  const say = (level: 'debug' | 'info' | 'warn' | 'error') => (message?: unknown) =>
    logger[level]({ component: 'apollo', requestId: currentRequestId() }, String(message))
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
}

import { Arg, Args, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import { connectionOf, PageArgs } from '../../contract/connection.ts'
import { idValue } from '../../contract/id.ts'
import { rows, value } from '../../planner/description.ts'
import { allOf, type Ref, type RowOf, ref, sql } from '../../planner/sql.ts'
import { AuditEvent, AuditFilter } from './audit.type.ts'
import { AuditEventEntity } from './audit-event.entity.ts'
import { AuditPendingEntity } from './audit-pending.entity.ts'

const AuditConnection = connectionOf(AuditEvent, 'Audit')
type AuditEventRef = Ref<RowOf<typeof AuditEventEntity>>

@Resolver(() => AuditEvent)
export class AuditResolver {
  @Query(() => AuditConnection, { description: 'The audit trail, newest first (jejak audit).' })
  auditTrail(
    @Arg('filter', () => AuditFilter, { nullable: true }) filter: AuditFilter | null,
    @Args(() => PageArgs) page: PageArgs,
  ) {
    return rows(AuditEventEntity)
      .where((event) => matches(event, filter))
      .orderBy((event) => [event.at], 'desc')
      .page(page)
  }

  @FieldResolver(() => [ID], { description: 'Ids of the workers concerned (pekerja).' })
  workers(@Root() event: AuditEventRef) {
    return value(sql`${event.workers}::text[]`)
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether the chain of seals holds it, as it does within seconds (tersegel).',
  })
  sealed(@Root() event: AuditEventRef) {
    const pending = ref(AuditPendingEntity)
    return value(sql`not exists (select from ${pending} where ${pending.eventId} = ${event.id})`)
  }
}

function matches(event: AuditEventRef, filter: AuditFilter | null) {
  return allOf(
    filter?.worker != null && sql`${event.workers} @> array[${idValue(filter.worker)}]::bigint[]`,
    filter?.actor != null && sql`${event.actor} = ${filter.actor}`,
    filter?.actions && sql`${event.action} = any(${filter.actions})`,
    filter?.outcomes && sql`${event.outcome} = any(${filter.outcomes})`,
    filter?.purposes && sql`${event.purpose} = any(${filter.purposes})`,
    filter?.from && sql`${event.at} >= ${instant(filter.from)}`,
    filter?.to && sql`${event.at} < ${instant(filter.to)}`,
  )
}

/** Not as text: PostgreSQL has no year 0, which RFC 3339 has. */
function instant(date: Date) {
  return sql`to_timestamp(${date.getTime() / 1000}::float8)`
}

import { Ctx, Query, Resolver } from 'type-graphql'
import type { Context } from '../contract/context.ts'
import { derived } from '../planner/description.ts'
import { sql } from '../planner/sql.ts'
import { Viewer } from './viewer.type.ts'

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: 'Who asks, as the token says (pengguna).' })
  viewer(@Ctx() { viewer }: Context) {
    const permissions = [...viewer.permissions].sort()
    return derived<{ payerId: string }>(
      sql`select ${viewer.subject ?? null}::text as subject, ${permissions}::text[] as permissions, ${viewer.areas}::text[] as areas, ${viewer.payer ?? null}::bigint as "payerId"`,
    )
  }
}

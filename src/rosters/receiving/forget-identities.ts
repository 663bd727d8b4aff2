import type { Database } from '../../db/database.ts'
import { deleteIdentities } from './draft.ts'

/**
 * Deletes who the rows of rosters are, once nothing more will be done with a roster: the vault has everybody who was
 * registered, and nobody needs the others. What came of the rows stays, without identity.
 *
 * @param days since the roster came to its end.
 * @returns ids of the rosters.
 */
export async function forgetIdentities({ query }: Pick<Database, 'query'>, days: number): Promise<string[]> {
  const ended = await query<{ id: string }>(
    `/* roster.ended */ select id from roster
      where state in ('ENROLLED', 'REJECTED', 'WITHDRAWN')
        and exists (select from roster_identity where roster_id = roster.id)
        and (select max(at) from roster_step where roster_id = roster.id) < now() - make_interval(days => $1)
      order by id`,
    [days],
  )
  for (const { id } of ended) await deleteIdentities(query, id)
  return ended.map(({ id }) => id)
}

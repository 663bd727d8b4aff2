import { WORKER_CATEGORIES } from '../programs/worker-category.ts'

/** Sectors in which an accident is likelier; among people who were never covered they come first (DOMAIN.md §10). */
const RISK_SECTORS: ReadonlySet<string> = new Set(['FISH', 'CONSTRUCTION', 'MINING', 'TRANSPORT'])

const AT_RISK = Object.entries(WORKER_CATEGORIES)
  .filter(([, { sector }]) => RISK_SECTORS.has(sector))
  .map(([category]) => `'${category}'`)
  .join(', ')

/**
 * Who comes first when the money does not last: a number, the smaller the sooner, as SQL over a candidate `c` of a person
 * `w` of the age `a.age` in the program `p` under the limits `l` (see `eligibility/rules.ts`). First the gap that enrolling
 * closes (DOMAIN.md §10): coverage that ends within 60 days (a break costs a family most), the last chance before the age
 * limit, coverage that lapsed, never covered; then the decile, the poorest first and the unknown last; then, of those never
 * covered, who works at risk. Of equals the earlier row comes first. Unpaid months (G04) have an enrollment already.
 */
export const RANK = `(
  select class * 1000 + coalesce(w.welfare_decile, 11) * 10
    + case when class = 4 and w.category in (${AT_RISK}) then 0 else 1 end
  from (
    select case
      when bool_or(line.period && daterange(c.first - 60, c.first) and line.benefit = any(p.benefits)) then 1
      when count(line.id) = 0 and a.age = l.max_age then 2
      when count(line.id) > 0 then 3
      else 4
    end as class
    from coverage_line as line where line.worker_id = w.id and upper(line.period) <= c.first
  ) as gap
)`

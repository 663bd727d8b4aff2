import { addMonths, monthOf, monthsFrom } from '../../src/kernel/month.ts'
import { contains, period } from '../../src/kernel/period.ts'
import { randomFrom } from '../random.ts'
import type { Ids } from './enroll.ts'
import type { PeopleIn } from './places.ts'
import type { DemoLine, DemoPerson } from './plain-data.ts'
import type { ReportPlan } from './plan.ts'

/**
 * The lines other systems report. Each person is in one group at most, so that the kinds of overlap stay apart.
 *
 * @param hubLines the hub's own lines; reported ids follow theirs.
 * @param today `YYYY-MM-DD`; subsidized is who has a line of the hub in its month.
 * @throws Error when a place has too few people for a group.
 */
export function reportLines(
  peopleIn: PeopleIn,
  hubLines: readonly DemoLine[],
  reports: readonly ReportPlan[],
  ids: Ids,
  today: string,
): DemoLine[] {
  const known = new Set(hubLines.map(({ workerId }) => workerId))
  const now = monthOf(today)
  const subsidized = new Set(
    hubLines
      .filter((line) => contains(line.period, now) && line.benefit === 'JKK')
      .map(({ workerId }) => workerId),
  )
  const reported = new Set<number>()
  const lines: DemoLine[] = []
  for (const report of reports) {
    const random = randomFrom(`report ${report.group}`)
    const starts = monthsFrom(...report.starts)
    const isOne = ({ id }: DemoPerson) =>
      !reported.has(id) && (report.among === 'FREE' ? !known.has(id) : subsidized.has(id))
    for (const place of report.places) {
      const candidates = peopleIn(place.in).filter(isOne)
      if (candidates.length < place.people) {
        throw new Error(`${report.group}: ${candidates.length} people in ${place.in} for ${place.people}.`)
      }
      for (const { id } of random.shuffle(candidates).slice(0, place.people)) {
        reported.add(id)
        const payerId = ids.payer(random.pick(report.payers))
        const months = period(random.pick(starts), addMonths(report.to, 1))
        for (const benefit of report.benefits) {
          lines.push({
            id: hubLines.length + lines.length + 1,
            workerId: id,
            enrollmentId: null,
            programCode: null,
            payerId,
            fundingSource: report.fundingSource,
            segment: report.segment,
            benefit,
            period: months,
            exclusiveGroup: null,
            origin: 'REPORTED',
            reportedBy: report.reportedBy,
            reportedOn: report.reportedOn,
          })
        }
      }
    }
  }
  return lines
}

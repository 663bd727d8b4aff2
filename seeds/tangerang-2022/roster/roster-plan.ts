import { z } from 'zod'
import { areaCode } from '../../../src/contract/facts.ts'
import { readYaml } from '../../yaml-file.ts'
import { FINDINGS } from './judge-person.ts'
import { MISTAKES, type Mistake } from './mistakes.ts'

const people = z.number().int().positive()
const age = z.number().int()

const Unknown = z.strictObject({
  who: z.string(),
  people,
  staff: z.boolean().default(false),
  ages: z.tuple([age, age]).default([19, 63]),
  deciles: z.array(z.number().int().min(1).max(10).nullable()).nonempty().optional(),
  in: areaCode.optional(),
})

const Roster = z.strictObject({
  program: z.string(),
  area: areaCode,
  rows: people,
  known: z.array(z.strictObject({ finding: z.enum(['ALREADY_COVERED', ...FINDINGS]), people })),
  unknown: z.array(Unknown),
  mistakes: z.record(z.enum(Object.keys(MISTAKES) as [Mistake, ...Mistake[]]), people),
  twice: people,
})

/** How many rows of what the list has, as `roster.yaml` says. */
export type RosterPlan = z.infer<typeof Roster>

/** @throws SetupError naming the part at fault. */
export function readRosterPlan(): RosterPlan {
  return readYaml('seeds/tangerang-2022/roster.yaml', Roster)
}

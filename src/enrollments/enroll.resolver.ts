import { Arg, Ctx, Extensions, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../contract/context.ts'
import { changed } from '../contract/outcome.ts'
import { answeredLate } from '../planner/marks.ts'
import { enroll } from './enroll.ts'
import { EnrollWorkerInput, EnrollWorkerResult, Screening, ScreenWorkerInput } from './enroll.type.ts'
import { screenWorker } from './screen-worker.ts'

@Resolver()
export class EnrollResolver {
  @Extensions(answeredLate())
  @Query(() => Screening, {
    nullable: true,
    description: 'What would come of enrolling a worker now; changes nothing (penyaringan).',
  })
  screenWorker(@Arg('input', () => ScreenWorkerInput) input: ScreenWorkerInput, @Ctx() context: Context) {
    return screenWorker(context, input)
  }

  @Mutation(() => EnrollWorkerResult, {
    nullable: true,
    description:
      'Enrolls a worker in a program and charges the budgets of its months; refused as a whole when somebody pays for one of them already (pendaftaran).',
  })
  async enrollWorker(
    @Arg('input', () => EnrollWorkerInput) input: EnrollWorkerInput,
    @Ctx() context: Context,
  ) {
    return changed('Enrollment', await enroll(context, input))
  }
}

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import type { Context } from '../contract/context.ts'
import { changed } from '../contract/outcome.ts'
import { approveRoster, rejectRoster, submitRoster, withdrawRoster } from './change-roster.ts'
import {
  ApproveRosterInput,
  ChangeRosterResult,
  DecideRowInput,
  RejectRosterInput,
  SubmitRosterInput,
  WithdrawRosterInput,
} from './change-roster.type.ts'
import { decideRow } from './decide-row.ts'

@Resolver()
export class RosterMutations {
  @Mutation(() => ChangeRosterResult, {
    nullable: true,
    description:
      'Puts a screened roster up for approval by somebody else; nothing in it changes then (pengajuan daftar).',
  })
  async submitRoster(
    @Arg('input', () => SubmitRosterInput) input: SubmitRosterInput,
    @Ctx() context: Context,
  ) {
    await submitRoster(context, input)
    return changed('Roster', input.roster)
  }

  @Mutation(() => ChangeRosterResult, {
    nullable: true,
    description:
      'Approves a roster that somebody else submitted: its people are enrolled from now on (persetujuan daftar).',
  })
  async approveRoster(
    @Arg('input', () => ApproveRosterInput) input: ApproveRosterInput,
    @Ctx() context: Context,
  ) {
    await approveRoster(context, input)
    return changed('Roster', input.roster)
  }

  @Mutation(() => ChangeRosterResult, {
    nullable: true,
    description: 'Does not approve a roster; nobody in it is enrolled (penolakan daftar).',
  })
  async rejectRoster(
    @Arg('input', () => RejectRosterInput) input: RejectRosterInput,
    @Ctx() context: Context,
  ) {
    await rejectRoster(context, input)
    return changed('Roster', input.roster)
  }

  @Mutation(() => ChangeRosterResult, {
    nullable: true,
    description: 'Takes back a roster that nobody has approved yet (penarikan daftar).',
  })
  async withdrawRoster(
    @Arg('input', () => WithdrawRosterInput) input: WithdrawRosterInput,
    @Ctx() context: Context,
  ) {
    await withdrawRoster(context, input)
    return changed('Roster', input.roster)
  }

  @Mutation(() => ChangeRosterResult, {
    nullable: true,
    description:
      'Settles a row that is REVIEW or SUSPECT_MATCH, with a reason; it is screened again at once (keputusan baris).',
  })
  async decideRow(@Arg('input', () => DecideRowInput) input: DecideRowInput, @Ctx() context: Context) {
    await decideRow(context, input)
    return changed('Roster', input.roster)
  }
}

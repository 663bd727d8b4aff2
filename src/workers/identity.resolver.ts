import { Arg, Ctx, Extensions, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql'
import { Purpose } from '../access/purpose.ts'
import type { Context } from '../contract/context.ts'
import { answeredLate } from '../planner/marks.ts'
import { Identity, RevealedIdentity } from './identity.type.ts'
import { identityFor, reveal } from './look-at-identity.ts'
import { Worker } from './worker.type.ts'

@Resolver(() => Worker)
export class WorkerIdentity {
  @FieldResolver(() => Identity, {
    nullable: true,
    description:
      'Who the worker is, with the NIK masked; recorded with its purpose before it answers, never over GET (identitas).',
  })
  @Extensions(answeredLate())
  identity(
    @Root() workerId: string,
    @Arg('purpose', () => Purpose) purpose: Purpose,
    @Ctx() context: Context,
  ) {
    return identityFor(workerId, purpose, context)
  }
}

@Resolver()
export class IdentityMutations {
  @Mutation(() => RevealedIdentity, {
    nullable: true,
    description:
      'Who a worker is, with the NIK in full; null for one you may not see. Recorded with its purpose (identitas lengkap).',
  })
  revealIdentity(
    @Arg('worker', () => ID) worker: string,
    @Arg('purpose', () => Purpose) purpose: Purpose,
    @Ctx() context: Context,
  ) {
    return reveal(worker, purpose, context)
  }
}

import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { rows } from '../../planner/description.ts'
import { sql } from '../../planner/sql.ts'
import { WorkerEntity } from '../worker.entity.ts'
import { Worker } from '../worker.type.ts'
import { correctIdentity } from './correct-identity.ts'
import { registerWorker } from './register-worker.ts'
import {
  CorrectedIdentity,
  CorrectIdentityInput,
  CorrectIdentityResult,
  IdentityRefusal,
  RegisteredWorker,
  RegisterWorkerInput,
  RegisterWorkerResult,
} from './registration.type.ts'

@Resolver()
export class RegistrationMutations {
  @Mutation(() => RegisterWorkerResult, {
    nullable: true,
    description:
      'Registers a person who lives in your areas; recorded, and counted as a person looked up (pendaftaran pekerja).',
  })
  registerWorker(
    @Arg('input', () => RegisterWorkerInput) input: RegisterWorkerInput,
    @Ctx() context: Context,
  ) {
    return registerWorker(input, context)
  }

  @Mutation(() => CorrectIdentityResult, {
    nullable: true,
    description: 'Corrects who a worker is; what was recorded before is kept aside (koreksi identitas).',
  })
  correctIdentity(
    @Arg('input', () => CorrectIdentityInput) input: CorrectIdentityInput,
    @Ctx() context: Context,
  ) {
    return correctIdentity(input, context)
  }
}

/** Facts of an outcome about a worker. */
interface AboutWorker {
  readonly worker: string | null
}

function workerOf({ worker: id }: AboutWorker) {
  return id === null ? null : rows(WorkerEntity).where((worker) => sql`${worker.id} = ${idValue(id)}`)
}

@Resolver(() => RegisteredWorker)
export class RegisteredWorkerFields {
  @FieldResolver(() => Worker, { nullable: true, description: 'Null for one you may not see (pekerja).' })
  worker(@Root() registered: AboutWorker) {
    return workerOf(registered)
  }
}

@Resolver(() => CorrectedIdentity)
export class CorrectedIdentityFields {
  @FieldResolver(() => Worker, { nullable: true, description: 'Whose identity it is (pekerja).' })
  worker(@Root() corrected: AboutWorker) {
    return workerOf(corrected)
  }
}

@Resolver(() => IdentityRefusal)
export class IdentityRefusalFields {
  @FieldResolver(() => Worker, {
    nullable: true,
    description: 'Whom the hub knows so; null for one you may not see (pekerja).',
  })
  worker(@Root() refusal: AboutWorker) {
    return workerOf(refusal)
  }
}

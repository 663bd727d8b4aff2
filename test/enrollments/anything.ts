import type { Random } from '../../seeds/random.ts'
import type { InsertedPayer, InsertedProgram } from '../harness/builders.ts'

/** A mutation as it is asked, and for which payer. */
export interface Asked {
  readonly by: InsertedPayer
  readonly mutation: string
  readonly input: object
}

/** What a mutation answered: a thing, or a refusal. */
export interface Answered {
  readonly __typename: string
  readonly id?: string
  readonly code?: string
  readonly covered?: readonly { readonly benefit: string; readonly payerKind: string }[]
  readonly worker?: { readonly id: string }
  readonly program?: { readonly code: string }
  readonly refunds?: readonly { readonly id: string }[]
}

interface Known {
  readonly id: string
  readonly worker: string
  readonly program: InsertedProgram
}

const REASON = 'Surat 12/2023'

const MUTATIONS = Object.entries({
  enrollWorker: 6,
  endEnrollment: 2,
  suspendEnrollment: 3,
  resumeEnrollment: 3,
  substitute: 4,
  transferEnrollment: 6,
  recordPayment: 3,
  requestRefund: 3,
  settleRefund: 2,
}).flatMap(([mutation, weight]) => Array<string>(weight).fill(mutation))

/** The n-th month from December 2022 on, to that of 2023. */
const month = (n: number) => (n === 0 ? '2022-12' : `2023-${String(n).padStart(2, '0')}`)

/** Draws what clerks might ask about the same people, and hears what comes of it: what one enrolls, another ends. */
export class Anything {
  readonly #enrollments: Known[] = []
  readonly #suspended: Known[] = []
  readonly #paid: Known[] = []
  readonly #refunds: { readonly id: string; readonly by: InsertedPayer }[] = []

  constructor(
    readonly random: Random,
    readonly people: readonly string[],
    readonly programs: readonly InsertedProgram[],
  ) {}

  next(): Asked {
    const { random } = this
    const mutation = random.pick(MUTATIONS)
    if (this.#enrollments.length === 0 || mutation === 'enrollWorker') return this.#enroll()
    if (mutation === 'recordPayment') return this.#pay()
    if (mutation === 'settleRefund' && this.#refunds.length > 0) {
      const { id, by } = random.pick(this.#refunds)
      return { by, mutation, input: { refund: id, granted: random.chance(0.5), reason: REASON } }
    }
    if (mutation === 'resumeEnrollment') return this.#change(mutation, this.#suspended, 13)
    if (mutation === 'requestRefund' || mutation === 'settleRefund')
      return this.#change('requestRefund', this.#paid, 4)
    const asked = this.#change(mutation, this.#enrollments, 13)
    const one = this.#enrollments.find(({ id }) => id === asked.input.enrollment)!
    if (mutation === 'substitute') {
      const worker = random.pick(this.people.filter((id) => id !== one.worker))
      return { ...asked, input: { ...asked.input, worker } }
    }
    if (mutation !== 'transferEnrollment') return asked
    const program = random.pick(this.programs)
    const by = random.pick([asked.by, program.payer])
    return { ...asked, by, input: { ...asked.input, program: program.code } }
  }

  hear({ mutation }: Asked, { __typename, id, worker, program, refunds = [] }: Answered): void {
    if (__typename !== 'Enrollment') return
    const known = this.#enrollments.find((one) => one.id === id) ?? {
      id: id!,
      worker: worker!.id,
      program: this.programs.find(({ code }) => code === program!.code)!,
    }
    if (!this.#enrollments.includes(known)) this.#enrollments.push(known)
    if (mutation === 'suspendEnrollment') this.#suspended.push(known)
    for (const refund of refunds) this.#refunds.push({ id: refund.id, by: known.program.payer })
  }

  #enroll(): Asked {
    const { random } = this
    const program = random.pick(this.programs)
    const first = random.below(12)
    const last = first + random.below(13 - first)
    const input = {
      worker: random.pick(this.people),
      program: program.code,
      from: month(first),
      to: month(last),
    }
    return { by: program.payer, mutation: 'enrollWorker', input }
  }

  /** A program, or a few people; early months only, or soon nothing could be changed any more. */
  #pay(): Asked {
    const { random } = this
    const { program } = random.pick(this.#enrollments)
    const some = random.shuffle(this.#enrollments.filter((one) => one.program === program)).slice(0, 20)
    const whom = random.chance(0.3) ? { program: program.code } : { enrollments: some.map(({ id }) => id) }
    if (whom.enrollments) this.#paid.push(...some)
    const input = { ...whom, through: month(random.below(5)), reference: 'SP2D 7' }
    return { by: program.payer, mutation: 'recordPayment', input }
  }

  /** One of these, rather one of the last: others are at them too. */
  #change(mutation: string, among: readonly Known[], months: number) {
    const { random } = this
    const list = among.length > 0 ? among : this.#enrollments
    const { id, program } = random.pick(random.chance(0.5) ? list.slice(-40) : list)
    const input = { enrollment: id, from: month(random.below(months)), reason: REASON }
    return { by: program.payer, mutation, input }
  }
}

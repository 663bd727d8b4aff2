/** A month as a number: 0 is January of the year 0. */
export type MonthNumber = number

/** One month of an enrollment. */
interface Cell {
  readonly budget: ModelBudget
  readonly monthly: bigint
  charged: boolean
  paid: boolean
  covered: boolean
}

export interface ModelBudget {
  readonly id: string
  readonly payer: string
  readonly year: number
  ceiling: bigint
  committed: bigint
  paid: bigint
}

export interface ModelProgram {
  readonly code: string
  readonly payer: string
  readonly from: MonthNumber
  readonly until: MonthNumber
}

export interface ModelEnrollment {
  id?: string
  readonly worker: string
  readonly program: ModelProgram
  readonly from: MonthNumber
  until: MonthNumber
  planned: MonthNumber | null
  suspended: MonthNumber | null
  decision: 'COMMITTED' | 'RELEASED' | 'SUBSTITUTED'
  readonly cells: Map<MonthNumber, Cell>
  /** Months whose money is asked back, and not settled. */
  readonly asked: Set<MonthNumber>
  isReplaced: boolean
}

class No extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

/**
 * What the rules mean, month by month: an enrollment is a row of cells, each charged or not, paid or not, covered or not.
 * No periods, no SQL, and no line shared with the hub but the words.
 */
export class LifeModel {
  readonly enrollments: ModelEnrollment[] = []
  readonly deaths = new Map<string, MonthNumber>()
  /** The month of death of those who were covered in it. */
  readonly claims = new Map<string, MonthNumber>()

  constructor(
    readonly budgets: readonly ModelBudget[],
    readonly monthly: bigint,
    readonly current: MonthNumber,
  ) {}

  /** `ok`, or the code of the refusal, in which case nothing has changed. */
  attempt(operation: () => void): string {
    const before = structuredClone({
      budgets: this.budgets.map(({ ceiling, committed, paid }) => ({ ceiling, committed, paid })),
      enrollments: this.enrollments.map(({ program: _, cells, asked, ...rest }) => ({
        ...rest,
        asked: [...asked],
        cells: [...cells].map(([month, { budget: __, ...cell }]) => ({ month, ...cell })),
      })),
    })
    try {
      operation()
      return 'ok'
    } catch (error) {
      if (!(error instanceof No)) throw error
      this.#restore(before)
      return error.code
    }
  }

  enroll(worker: string, program: ModelProgram, from: MonthNumber, until: MonthNumber): ModelEnrollment {
    const enrollment: ModelEnrollment = {
      worker,
      program,
      from,
      until,
      planned: null,
      suspended: null,
      decision: 'COMMITTED',
      cells: new Map(),
      asked: new Set(),
      isReplaced: false,
    }
    this.#cover(enrollment, from, until, new Map())
    this.enrollments.push(enrollment)
    return enrollment
  }

  end(enrollment: ModelEnrollment, from: MonthNumber): void {
    this.#checkClaims(enrollment, from)
    checkRunning(enrollment, from)
    const cut = Math.max(from, paidUntil(enrollment) ?? from)
    this.#checkLoses(enrollment, cut)
    this.#lose(enrollment, cut)
    shorten(enrollment, cut, 'RELEASED')
  }

  suspend(enrollment: ModelEnrollment, from: MonthNumber): void {
    if (enrollment.suspended !== null) throw new No('NOT_RUNNING')
    this.#checkClaims(enrollment, from)
    checkRunning(enrollment, from)
    const cut = Math.max(from, paidUntil(enrollment) ?? from)
    this.#checkLoses(enrollment, cut)
    this.#lose(enrollment, cut)
    enrollment.suspended = Math.max(cut, enrollment.from)
  }

  resume(enrollment: ModelEnrollment, from: MonthNumber): void {
    const { suspended, until } = enrollment
    if (suspended === null || from < suspended || from >= until) throw new No('NOT_RUNNING')
    this.#cover(enrollment, from, until, new Map())
    enrollment.suspended = null
  }

  substitute(enrollment: ModelEnrollment, worker: string, from: MonthNumber): ModelEnrollment {
    if (enrollment.isReplaced) throw new No('PLACE_TAKEN')
    const until = enrollment.planned ?? enrollment.until
    if (enrollment.decision === 'SUBSTITUTED' || from < enrollment.from || from >= until)
      throw new No('NOT_RUNNING')
    const elapsed = Math.min(
      enrollment.suspended ?? enrollment.until,
      paidUntil(enrollment) ?? enrollment.from,
      this.current,
    )
    if (enrollment.decision === 'COMMITTED' && from < elapsed) throw new No('PAID_MONTHS')
    this.#checkClaims(enrollment, from)
    const taken = new Map<MonthNumber, Cell>()
    for (let month = from; month < (paidUntil(enrollment) ?? from); month++) {
      const cell = enrollment.cells.get(month)
      if (!cell?.charged) throw new No('PAID_MONTHS')
      taken.set(month, { ...cell, covered: true })
    }
    for (const month of taken.keys()) enrollment.asked.delete(month)
    for (const month of taken.keys()) enrollment.cells.delete(month)
    this.#lose(enrollment, from)
    shorten(enrollment, from, 'SUBSTITUTED')
    const substitute: ModelEnrollment = {
      ...enrollment,
      id: undefined,
      worker,
      from,
      until,
      planned: null,
      suspended: null,
      decision: 'COMMITTED',
      cells: new Map(),
      asked: new Set(),
      isReplaced: false,
    }
    this.#cover(substitute, from, until, taken)
    enrollment.isReplaced = true
    this.enrollments.push(substitute)
    return substitute
  }

  transfer(enrollment: ModelEnrollment, program: ModelProgram, from: MonthNumber): ModelEnrollment {
    checkRunning(enrollment, from)
    this.#checkClaims(enrollment, from)
    if (from < enrollment.from) throw new No('NOT_RUNNING')
    if ((paidUntil(enrollment) ?? from) > from) throw new No('PAID_MONTHS')
    const { until } = enrollment
    this.#lose(enrollment, from)
    shorten(enrollment, from, 'RELEASED')
    return this.enroll(enrollment.worker, program, from, until)
  }

  pay(program: ModelProgram, through: MonthNumber): void {
    const due = this.enrollments
      .filter((enrollment) => enrollment.program === program && enrollment.decision === 'COMMITTED')
      .flatMap(({ cells }) => [...cells])
      .filter(([month, { charged, paid }]) => charged && !paid && month <= through)
    if (due.length === 0) throw new No('NOTHING_TO_DO')
    for (const [, cell] of due) {
      cell.paid = true
      cell.budget.paid += cell.monthly
    }
  }

  requestRefund(enrollment: ModelEnrollment, from: MonthNumber): void {
    this.#checkClaims(enrollment, from)
    if (this.#loseAndAsk(enrollment, from) === 0) throw new No('NOTHING_TO_DO')
  }

  settle(enrollment: ModelEnrollment, months: readonly MonthNumber[], granted: boolean): void {
    const { cells, asked } = enrollment
    for (const month of months) {
      asked.delete(month)
      if (!granted) {
        this.#giveBack(enrollment, month)
        continue
      }
      const { budget, monthly } = cells.get(month)!
      budget.committed -= monthly
      budget.paid -= monthly
      cells.delete(month)
    }
  }

  /** BPJS keeps the money of a month: he is covered in it again, if he lived then and nobody else covers him. */
  #giveBack(enrollment: ModelEnrollment, month: MonthNumber): void {
    const { worker, cells } = enrollment
    const died = this.deaths.get(worker)
    const others = this.enrollments.filter((other) => other.worker === worker)
    if (month > (died ?? month) || others.some((other) => other.cells.get(month)?.covered)) return
    cells.get(month)!.covered = true
    if (month === died) this.claims.set(worker, month)
    if (enrollment.decision !== 'COMMITTED') {
      enrollment.planned ??= enrollment.until
      enrollment.until = month + 1
      enrollment.decision = 'COMMITTED'
    }
    enrollment.until = Math.max(enrollment.until, month + 1)
  }

  die(worker: string, month: MonthNumber): void {
    if (this.deaths.has(worker)) throw new No('NOTHING_TO_DO')
    const own = this.enrollments.filter((enrollment) => enrollment.worker === worker)
    if (own.some(({ cells }) => cells.get(month)?.covered)) this.claims.set(worker, month)
    for (const enrollment of own) {
      if (enrollment.decision === 'COMMITTED' && enrollment.until > month + 1)
        this.#loseAndAsk(enrollment, month + 1)
    }
    this.deaths.set(worker, month)
  }

  /** Nobody is covered from the month on, and the money of paid months is asked back; says of how many. */
  #loseAndAsk(enrollment: ModelEnrollment, from: MonthNumber): number {
    const { asked, cells } = enrollment
    const until = Math.min(paidUntil(enrollment) ?? from, ...[...asked].filter((month) => month >= from))
    const months = [...cells]
      .filter(([month, { charged }]) => charged && month >= from && month < until)
      .map(([month]) => month)
    this.#lose(enrollment, from)
    for (const month of months) asked.add(month)
    shorten(enrollment, from, 'RELEASED')
    return months.length
  }

  /** Months covered, by worker and payer: `7: banten 24270`. */
  coverage(): string[] {
    return this.enrollments
      .flatMap(({ worker, program, cells }) =>
        [...cells].flatMap(([month, { covered }]) =>
          covered ? [`${worker}: ${program.payer} ${month}`] : [],
        ),
      )
      .sort()
  }

  /** Charges and commits the months that are not taken over, if the rules and the budgets allow. */
  #cover(
    enrollment: ModelEnrollment,
    from: MonthNumber,
    until: MonthNumber,
    taken: ReadonlyMap<MonthNumber, Cell>,
  ) {
    const { worker, program, cells } = enrollment
    const others = this.enrollments.filter((other) => other.worker === worker)
    for (let month = from; month < until; month++)
      if (others.some((other) => other.cells.get(month)?.covered)) throw new No('ALREADY_COVERED')
    if (this.deaths.has(worker) || from < program.from || until > program.until) throw new No('INELIGIBLE')
    for (let month = from; month < until; month++) {
      const budget = this.#budgetOf(program, month)
      if (!budget) throw new No('NO_BUDGET')
      const cell = taken.get(month) ?? {
        budget,
        monthly: this.monthly,
        charged: true,
        paid: false,
        covered: true,
      }
      if (!taken.has(month)) budget.committed += cell.monthly
      cells.set(month, cell)
    }
    if (this.budgets.some(({ committed, ceiling }) => committed > ceiling)) throw new No('OVER_BUDGET')
  }

  /** Nobody loses the coverage of the month of his death. */
  #checkClaims({ worker }: ModelEnrollment, from: MonthNumber): void {
    if (from <= (this.claims.get(worker) ?? -1)) throw new No('CLAIM_OPEN')
  }

  #lose({ cells }: ModelEnrollment, from: MonthNumber): void {
    for (const [month, cell] of cells) {
      if (month < from) continue
      cell.covered = false
      if (cell.paid) continue
      cell.budget.committed -= cell.monthly
      cells.delete(month)
    }
  }

  #checkLoses({ cells, until }: ModelEnrollment, cut: MonthNumber): void {
    const isReleasing = [...cells].some(([month, { paid }]) => month >= cut && !paid)
    if (cut >= until && !isReleasing) throw new No('PAID_MONTHS')
  }

  #restore(before: {
    budgets: { ceiling: bigint; committed: bigint; paid: bigint }[]
    enrollments: (Omit<ModelEnrollment, 'program' | 'cells' | 'asked'> & {
      asked: MonthNumber[]
      cells: ({ month: MonthNumber } & Omit<Cell, 'budget'>)[]
    })[]
  }): void {
    before.budgets.forEach((budget, i) => {
      Object.assign(this.budgets[i]!, budget)
    })
    this.enrollments.length = before.enrollments.length
    before.enrollments.forEach(({ cells, asked, ...rest }, i) => {
      const enrollment = this.enrollments[i]!
      Object.assign(enrollment, rest)
      enrollment.asked.clear()
      for (const month of asked) enrollment.asked.add(month)
      enrollment.cells.clear()
      for (const { month, ...cell } of cells)
        enrollment.cells.set(month, { budget: this.#budgetOf(enrollment.program, month)!, ...cell })
    })
  }

  #budgetOf({ payer }: ModelProgram, month: MonthNumber): ModelBudget | undefined {
    return this.budgets.find((budget) => budget.payer === payer && budget.year === Math.floor(month / 12))
  }
}

function checkRunning({ decision, until }: ModelEnrollment, from: MonthNumber): void {
  if (decision !== 'COMMITTED' || from >= until) throw new No('NOT_RUNNING')
}

function paidUntil({ cells }: ModelEnrollment): MonthNumber | undefined {
  const paid = [...cells].filter(([, cell]) => cell.charged && cell.paid).map(([month]) => month)
  return paid.length === 0 ? undefined : Math.max(...paid) + 1
}

function shorten(
  enrollment: ModelEnrollment,
  until: MonthNumber,
  whenEmpty: 'RELEASED' | 'SUBSTITUTED',
): void {
  const { decision, suspended, cells } = enrollment
  const isPaused = suspended !== null && suspended < until
  const coversNothing = ![...cells.values()].some(({ covered }) => covered)
  if (until <= enrollment.from || (decision === 'COMMITTED' && !isPaused && coversNothing)) {
    enrollment.decision = whenEmpty
    enrollment.suspended = null
    return
  }
  if (until < enrollment.until) {
    enrollment.planned ??= enrollment.until
    enrollment.until = until
  }
  if (enrollment.suspended !== null && enrollment.suspended >= enrollment.until) enrollment.suspended = null
}

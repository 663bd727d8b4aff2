/** A question asked of every contender: the same data, in the words of each one's schema. */
export interface Case {
  readonly name: string
  /** Operation of the hub; its one variable is `v`. */
  readonly hub: string
  /** Operation of PostGraphile; its one variable is `v`. */
  readonly postgraphile: string
  /** SQL that yields the values of the variable, as text. */
  readonly values: string
  /** From text to the variable's JSON. */
  readonly variable: (text: string) => string | number
}

export const CASES: readonly Case[] = [
  {
    name: 'page of 50 workers with relations',
    hub: `query ($v: AreaCode!) { workers(filter: { area: $v }, first: 50) { nodes {
      id category sex birthMonth welfareDecile lifeStatus
      regency { code name province { code name } }
      coverage { benefit program { code name contribution } }
      enrollments(first: 5) { nodes { id decidedOn charges { monthly budget { id fiscalYear ceiling paid payer { name area { code name } } } } } }
    } pageInfo { hasNextPage endCursor } } }`,
    postgraphile: `query ($v: String!) { allWorkers(condition: { regencyCode: $v }, first: 50) { nodes {
      rowId category sex birthMonth welfareDecile lifeStatus
      regencyByRegencyCode { code name provinceByProvinceCode { code name } }
      coverageLinesByWorkerId { nodes { benefit coverageProgramByProgramCode { code name contribution } } }
      enrollmentsByWorkerId(first: 5) { nodes { rowId decidedOn chargesByWorkerIdAndEnrollmentId { nodes { monthly budgetByBudgetId { rowId fiscalYear ceiling paid payerByPayerId { name regencyByAreaCode { code name } provinceByAreaCode { code name } } } } } } }
    } pageInfo { hasNextPage endCursor } } }`,
    values: 'select distinct regency_code from worker',
    variable: (text) => text,
  },
  {
    name: 'one regency with province, budgets and programs',
    hub: `query ($v: AreaCode!) { regency(code: $v) { code name kind province { code name } payers { id kind name
      budgets(first: 20) { nodes { id fiscalYear fundingSource agency ceiling committed paid } }
      programs(first: 20) { nodes { code name fundingSource contribution legalBasis } } } } }`,
    postgraphile: `query ($v: String!) { regencyByCode(code: $v) { code name kind provinceByProvinceCode { code name } payersByAreaCode { nodes { rowId kind name
      budgetsByPayerId(first: 20) { nodes { rowId fiscalYear fundingSource agency ceiling committed paid } }
      coverageProgramsByPayerId(first: 20) { nodes { code name fundingSource contribution legalBasis } } } } } }`,
    values: 'select code from regency',
    variable: (text) => text,
  },
  {
    name: 'one worker by id',
    hub: `query ($v: ID!) { worker(id: $v) { id category sex birthMonth welfareDecile lifeStatus regency { code name } } }`,
    postgraphile: `query ($v: BigInt!) { workerByRowId(rowId: $v) { rowId category sex birthMonth welfareDecile lifeStatus regencyByRegencyCode { code name } } }`,
    values: 'select id::text from worker order by hashint8(id) limit 2000',
    variable: (text) => text,
  },
  {
    name: '20 budgets with payer and program',
    hub: `query ($v: Int!) { budgets(filter: { fiscalYear: $v }, first: 20) { nodes { id fundingSource ceiling committed paid
      payer { id kind name programs(first: 5) { nodes { code name contribution } } } } } }`,
    postgraphile: `query ($v: Int!) { allBudgets(condition: { fiscalYear: $v }, first: 20) { nodes { rowId fundingSource ceiling committed paid
      payerByPayerId { rowId kind name coverageProgramsByPayerId(first: 5) { nodes { code name contribution } } } } } }`,
    values: 'select distinct fiscal_year::text from budget',
    variable: Number,
  },
]

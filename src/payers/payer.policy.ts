import { grant, grantAll, type Policy, takenBy } from '../access/policy.ts'
import { seesEverywhere } from '../access/viewer.ts'
import { ofEveryArea } from '../areas/area.policy.ts'
import { sql } from '../planner/sql.ts'
import { AgreementEntity } from './agreement.entity.ts'
import { PayerEntity } from './payer.entity.ts'

/** Who the payers are is public; which of them pays for a person is not: see the coverage lines. */
export const payerPolicy: Policy = {
  tables: [
    grantAll(PayerEntity),
    grant(AgreementEntity, {
      needs: 'registry:read',
      words: 'of the viewer’s payer; all for a viewer of the whole country',
      rows: (agreement, viewer) =>
        seesEverywhere(viewer) ||
        (viewer.payer !== undefined && sql`${viewer.payer} in (${agreement.first}, ${agreement.second})`),
    }),
  ],
  fields: {
    Query: { anyone: ['payer', 'payers'] },
    Mutation: { admin: ['createAgreement', 'createPayer'] },
    Payer: { anyone: ['id', 'kind', 'name', 'area'], 'registry:read': ['agreements'] },
    Viewer: { anyone: ['payer'] },
    Agreement: { 'registry:read': ['id', 'first', 'second', 'from', 'to', 'reference'] },
    ...ofEveryArea({ anyone: ['payers'] }),
  },
  inputs: {
    PayerFilter: { kinds: 'Payer.kind', area: 'Payer.area' },
    CreatePayerInput: takenBy('createPayer', 'idempotencyKey', 'kind', 'name', 'area'),
    CreateAgreementInput: takenBy(
      'createAgreement',
      'idempotencyKey',
      'first',
      'second',
      'from',
      'to',
      'reference',
    ),
  },
}

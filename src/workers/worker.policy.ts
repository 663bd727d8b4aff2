import { grant, type Policy, readFor } from '../access/policy.ts'
import { ofEveryArea } from '../areas/area.policy.ts'
import { COVERAGE_CHECK, STATISTICS } from '../contract/readings.ts'
import { livesWithinReach } from './domicile.ts'
import { WorkerEntity } from './worker.entity.ts'
import { IdentityTokenEntity } from './worker-identity.entity.ts'

/** A worker is seen by those in whose area he lives; the enrollments add those who pay for him. */
export const workerPolicy: Policy = {
  tables: [
    grant(WorkerEntity, {
      needs: 'registry:read',
      words: 'of people who live in the viewer’s areas',
      rows: livesWithinReach,
    }),
    readFor(IdentityTokenEntity, COVERAGE_CHECK, {
      needs: 'coverage:check',
      words: 'looked up by NIK or token, never shown',
    }),
    readFor(WorkerEntity, STATISTICS, { needs: 'anyone', words: 'counted, never shown' }),
  ],
  fields: {
    Query: { 'registry:read': ['worker', 'workers'] },
    Mutation: { 'identity:read': ['revealIdentity'] },
    Worker: {
      'registry:read': [
        'id',
        'category',
        'sector',
        'sex',
        'birthMonth',
        'village',
        'district',
        'regency',
        'province',
        'domicileSince',
        'lifeStatus',
        'deathMonth',
        'welfareDecile',
        'decileAsOf',
        'civilServant',
      ],
      'identity:read': ['identity'],
    },
    Identity: { 'identity:read': ['maskedNik', 'fullName', 'birthDate'] },
    RevealedIdentity: { 'identity:read': ['nik', 'fullName', 'birthDate'] },
    CoverageProgram: { anyone: ['categories'] },
    ...ofEveryArea({ 'registry:read': ['workers'] }),
  },
  inputs: {
    WorkerFilter: {
      area: 'Worker.village',
      categories: 'Worker.category',
      lifeStatus: 'Worker.lifeStatus',
      maxDecile: 'Worker.welfareDecile',
      civilServant: 'Worker.civilServant',
    },
    WorkerOrder: { ID: 'Worker.id', BIRTH_MONTH: 'Worker.birthMonth' },
  },
}

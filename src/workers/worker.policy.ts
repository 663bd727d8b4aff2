import { everyOf } from '../access/answers.ts'
import { grant, type Policy, readFor, takenBy } from '../access/policy.ts'
import { ofEveryArea } from '../areas/area.policy.ts'
import { COVERAGE_CHECK, STATISTICS } from '../contract/readings.ts'
import { isUnmerged, livesWithinReach } from './domicile.ts'
import { WorkerEntity } from './worker.entity.ts'
import { IdentityTokenEntity } from './worker-identity.entity.ts'

/** A worker is seen by those in whose area he lives; the enrollments add those who pay for him. */
export const workerPolicy: Policy = {
  tables: [
    grant(WorkerEntity, {
      needs: 'registry:read',
      words: 'of people who live in the viewer’s areas',
      rows: (worker, viewer) => everyOf([isUnmerged(worker), livesWithinReach(worker, viewer)]),
    }),
    readFor(IdentityTokenEntity, COVERAGE_CHECK, {
      needs: 'coverage:check',
      words: 'looked up by NIK or token, never shown',
    }),
    readFor(WorkerEntity, COVERAGE_CHECK, {
      needs: 'coverage:check',
      words: 'to find whom a row was merged into',
    }),
    readFor(WorkerEntity, STATISTICS, { needs: 'anyone', words: 'counted, never shown' }),
  ],
  fields: {
    Query: { 'registry:read': ['worker', 'workers'] },
    Mutation: {
      'identity:read': ['revealIdentity'],
      'registry:write': ['registerWorker', 'correctIdentity'],
    },
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
    RegisteredWorker: { 'registry:write': ['worker', 'findings'] },
    CorrectedIdentity: { 'registry:write': ['worker', 'findings'] },
    IdentityRefusal: { 'registry:write': ['code', 'message', 'worker', 'findings'] },
    NikFinding: { 'registry:write': ['code', 'level', 'message'] },
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
    RegisterWorkerInput: takenBy(
      'registerWorker',
      'nik',
      'fullName',
      'birthDate',
      'sex',
      'category',
      'village',
      'domicileSince',
      'welfareDecile',
      'decileAsOf',
      'civilServant',
      'overrideReason',
      'idempotencyKey',
    ),
    CorrectIdentityInput: takenBy(
      'correctIdentity',
      'worker',
      'nik',
      'fullName',
      'birthDate',
      'reason',
      'overrideSuspect',
      'idempotencyKey',
    ),
  },
}

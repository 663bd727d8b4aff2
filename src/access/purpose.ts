import { registerEnumType } from 'type-graphql'

/** Why somebody asks about identified people; recorded with every answer (UU 27/2022: purpose limitation). */
export const Purpose = {
  OVERLAP_CHECK: 'OVERLAP_CHECK',
  ROSTER_PREP: 'ROSTER_PREP',
  CLAIM: 'CLAIM',
  AUDIT: 'AUDIT',
  STATISTICS: 'STATISTICS',
} as const
export type Purpose = keyof typeof Purpose
registerEnumType(Purpose, {
  name: 'Purpose',
  description: 'Why identified people are asked about (tujuan).',
  valuesConfig: {
    OVERLAP_CHECK: { description: 'Whether somebody is covered twice (cek tumpang tindih).' },
    ROSTER_PREP: { description: 'To prepare a list of people (penyiapan daftar).' },
    CLAIM: { description: 'A benefit is claimed (klaim).' },
    AUDIT: { description: 'To examine what was done (audit).' },
    STATISTICS: { description: 'To count people (statistik).' },
  },
})

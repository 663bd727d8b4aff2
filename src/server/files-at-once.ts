import type { RosterServerLimits } from '../kernel/config.ts'
import { Fault } from '../kernel/errors.ts'
import { Refusal } from './refusals.ts'

/** Seconds after which a place may be free. */
const RETRY_AFTER = 30

/** The files that this process reads at the moment, whoever sends them. */
export interface FilesAtOnce {
  /**
   * Takes a place, before anything of a file is read.
   *
   * @returns gives it back, once the work on the file has ended; its sender may be gone long before.
   * @throws Refusal 503 when there is none.
   */
  enter(format: 'csv' | 'xlsx'): () => void
}

export function countFiles(most: Pick<RosterServerLimits, 'files' | 'workbooks'>): FilesAtOnce {
  const reading = { csv: 0, xlsx: 0 }
  return {
    enter(format) {
      if (reading.csv + reading.xlsx >= most.files) throw tooMany('files', 'Send it again in a minute.')
      if (format === 'xlsx' && reading.xlsx >= most.workbooks)
        throw tooMany('workbooks', 'Send it again in a minute, or as "CSV UTF-8".')
      reading[format]++
      return () => {
        reading[format]--
      }
    },
  }
}

function tooMany(what: string, remedy: string): Refusal {
  const fault = new Fault('TOO_COMPLEX', `The hub is reading as many ${what} as it can.`, { remedy })
  return new Refusal('pressure', 503, fault, RETRY_AFTER)
}

/** Tells a person that long work goes on. */
export interface Progress {
  /**
   * Starts one step.
   *
   * @param total how many items there are, when that is known: shows a percentage.
   */
  step(label: string, total?: number): Step
}

export interface Step {
  /** `n` more items are done (1 when left out). */
  advance(n?: number): void
  /** The step is finished, with a note such as a count. Later calls do nothing. */
  done(note?: string): void
}

/** Says nothing: for tests, `--json` and servers. */
export const silentProgress: Progress = { step: () => ({ advance() {}, done() {} }) }

export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const REDRAW_EVERY_MS = 100
const ERASE_LINE = '\r\x1b[2K'

/**
 * One line a step. A terminal sees it updated in place (at most ten times a second, so that drawing never
 * slows the work); a file or a pipe gets the finished line only.
 *
 * @param stream standard error by default: standard output belongs to the result.
 * @param now milliseconds on a clock that never goes back.
 */
export function terminalProgress(
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  return {
    step(label, total) {
      const start = now()
      let count = 0
      let drawn = Number.NEGATIVE_INFINITY
      let finished = false
      const seconds = () => `${((now() - start) / 1000).toFixed(1)} s`
      const draw = () => {
        if (!stream.isTTY || finished || now() - drawn < REDRAW_EVERY_MS) return
        drawn = now()
        const parts = [label, amount(count, total), seconds()].filter((part) => part !== '')
        // A line that wraps could not be erased.
        stream.write(ERASE_LINE + parts.join('  ').slice(0, (stream.columns ?? 80) - 1))
      }
      draw()
      return {
        advance(n = 1) {
          count += n
          draw()
        },
        done(note) {
          if (finished) return
          finished = true
          const parts = note === undefined ? [label, seconds()] : [label, note, seconds()]
          stream.write(`${stream.isTTY ? ERASE_LINE : ''}${parts.join('  ')}\n`)
        },
      }
    },
  }
}

function amount(count: number, total: number | undefined): string {
  if (total === undefined) return count === 0 ? '' : String(count)
  return total > 0 ? `${Math.min(100, Math.floor((100 * count) / total))} %` : '100 %'
}

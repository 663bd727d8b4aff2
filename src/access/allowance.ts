import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Fault } from '../kernel/errors.ts'

export interface AllowanceOptions {
  /** What a client may take within the time; 0 sets no limit. */
  readonly points: number
  readonly perSeconds: number
  /** What is counted, in the plural, for the message: `people`. */
  readonly of?: string
}

/** So much of something for each client within a time, then no more until the time is over. */
export interface Allowance {
  /** @throws Fault `TOO_COMPLEX` when less than that is left; then nothing is taken. */
  take(client: string, points: number): Promise<void>
}

/**
 * An allowance kept in this process: several processes give several. It remembers each client until his time is
 * over, so clients must be known ones: subjects of tokens, not addresses, of which anybody has as many as he likes.
 */
export function createAllowance({ points: most, perSeconds, of = 'points' }: AllowanceOptions): Allowance {
  if (most === 0) return { take: async () => {} }
  const limiter = new RateLimiterMemory({ points: most, duration: perSeconds })
  return {
    take: async (client, points) => {
      try {
        await limiter.consume(client, points)
      } catch (left) {
        if (!(left instanceof RateLimiterRes)) throw left
        await limiter.reward(client, points)
        throw spent(most, perSeconds, of, points, left)
      }
    },
  }
}

function spent(most: number, perSeconds: number, of: string, points: number, left: RateLimiterRes): Fault {
  const wait = Math.ceil(left.msBeforeNext / 1000)
  const remedy =
    points > most
      ? `Ask about at most ${most} ${of} at once.`
      : `Ask about fewer ${of}, or try again in ${wait} seconds.`
  return new Fault('TOO_COMPLEX', `This client may ask about ${most} ${of} in ${perSeconds} seconds.`, {
    remedy,
  })
}

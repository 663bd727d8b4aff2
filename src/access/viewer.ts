import type { Permission } from './permission.ts'

/** The whole country, in a viewer's areas. */
export const EVERYWHERE = '*'

/** Who asks, as the token says: what he may do, and how far he sees. */
export interface Viewer {
  /** `sub` of the token; undefined without a token. */
  readonly subject?: string
  readonly permissions: ReadonlySet<Permission>
  /** Official codes (`36`, `36.03`) of the areas whose people he may see, with all that is inside; `*` is everywhere. */
  readonly areas: readonly string[]
  /** Id of the payer he works for. */
  readonly payer?: string
  /** Id of the partner whose own tokens he may look people up by. */
  readonly partner?: string
  /** When his token ends: milliseconds since 1970. Undefined without a token. */
  readonly validUntil?: number
}

/** Somebody without a token. */
export const ANONYMOUS: Viewer = Object.freeze({ permissions: new Set<Permission>(), areas: [] })

export function seesEverywhere({ areas }: Viewer): boolean {
  return areas.includes(EVERYWHERE)
}

/** Whether an area lies within the viewer's areas; undefined is the whole country. */
export function reaches({ areas }: Viewer, areaCode: string | undefined): boolean {
  return areas.some(
    (own) =>
      own === EVERYWHERE || (areaCode !== undefined && (areaCode === own || areaCode.startsWith(`${own}.`))),
  )
}

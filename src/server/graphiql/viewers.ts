import { createStore } from './store.ts'

/** Somebody as whom the page can ask. */
export interface Viewer {
  readonly name: string
  readonly subject: string
  readonly token: string
}

interface Viewers {
  readonly all: readonly Viewer[]
  /** Absent: nobody, whose requests carry no token. */
  readonly chosen?: Viewer | undefined
}

/** Only the name is remembered, as long as this browser tab. Tokens stay in memory, and end with the page. */
const REMEMBERED = 'payung:viewer'

export const viewers = createStore<Viewers>({ all: [] })

/** Settled once the menu is complete and whoever was chosen before a reload is chosen again. */
const loaded = loadViewers()

/** Whoever is chosen, for a request that is about to be sent. */
export async function whoAsks(): Promise<Viewer | undefined> {
  await loaded
  return viewers.get().chosen
}

/** Chooses by name; a name nobody has is nobody. */
export function viewAs(name: string): void {
  const { all } = viewers.get()
  const chosen = all.find((viewer) => viewer.name === name)
  viewers.set({ all, chosen })
  if (chosen) sessionStorage.setItem(REMEMBERED, name)
  else sessionStorage.removeItem(REMEMBERED)
}

async function loadViewers(): Promise<void> {
  try {
    const response = await fetch('/graphiql/viewers')
    const all: Viewer[] = response.ok ? await response.json() : []
    const name = sessionStorage.getItem(REMEMBERED)
    viewers.set({ all, chosen: all.find((viewer) => viewer.name === name) })
  } catch {
    // The hub went away: the answer to the first query will say so.
  }
}

import { createStore } from './store.ts'

/** What the hub would not tell. */
export interface Refusal {
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN'
  /** In the hub's words. */
  readonly message: string
  /** As whom it was asked; absent without a token. */
  readonly asker?: string | undefined
}

/** Why the last answer is not what was asked for; undefined when it is, or when something else went wrong. */
export const lastRefusal = createStore<Refusal | undefined>(undefined)

interface AnsweredError {
  readonly message?: unknown
  readonly extensions?: { readonly code?: unknown } | null
}

/** The refusal in an answer of the hub. */
export function refusalIn(answer: unknown, asker: string | undefined): Refusal | undefined {
  const { errors } = (answer ?? {}) as { errors?: readonly AnsweredError[] }
  for (const { message, extensions } of errors ?? []) {
    const code = extensions?.code
    if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') return { code, message: String(message), asker }
  }
  return undefined
}

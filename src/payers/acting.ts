import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import type { Change, Context } from '../contract/context.ts'
import { Fault } from '../kernel/errors.ts'

/** A change that moves no money, who makes it, and on which business day. */
export interface Changing extends Pick<Context, 'viewer' | 'today'> {
  readonly change: Omit<Change, 'post'>
}

/** The change that a mutation makes. */
export function changing(context: Context): Changing {
  if (context.change) return context as Context & Changing
  throw new Error('nothing is changed outside of a mutation')
}

/** Whether a viewer may act for a payer: he works for it, or he is an administrator of the whole country. */
export function mayActFor(viewer: Viewer, payerId: string): boolean {
  return viewer.payer === payerId || (seesEverywhere(viewer) && viewer.permissions.has('admin'))
}

/** @throws Fault FORBIDDEN, naming the field that leads to another's payer. */
export function checkActsFor(viewer: Viewer, payerId: string, field: string): void {
  if (mayActFor(viewer, payerId)) return
  throw new Fault('FORBIDDEN', 'This is another payer’s.', {
    field,
    remedy: 'Ask that payer, or use a token of theirs.',
  })
}

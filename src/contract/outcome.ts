/** What JSON can hold: an outcome is remembered as JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/**
 * How a mutation ended, in a form that can be remembered and answered again. A thing that the planner knows
 * (`Enrollment`) is named by its key and read anew when it is answered, under the rules of who asks; anything else is its
 * own facts, as GraphQL shows them: rupiah and ids as text, months as `YYYY-MM`.
 */
export class Outcome {
  constructor(
    /** Name of the GraphQL type. */
    readonly type: string,
    readonly key: string | null,
    readonly facts: Facts,
  ) {}

  /** Refusals have a code, and nothing else does. */
  get isRefusal(): boolean {
    return 'code' in this.facts
  }
}

/** Facts of an outcome: no identity, and nothing the viewer may not know. */
export interface Facts {
  readonly [name: string]: Json
}

/** A thing was changed: the answer is the thing as it is then. */
export function changed(type: string, key: string): Outcome {
  return new Outcome(type, key, {})
}

/** Something was done that is no thing of the planner's. */
export function done(type: string, facts: Facts): Outcome {
  return new Outcome(type, null, facts)
}

/**
 * A rule of the domain said no. Thrown, because nothing may then have happened: what the mutation has written is rolled
 * back. It is an answer all the same, of a type that implements `Refusal`.
 */
export class Refused extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome.type)
  }
}

/** A refusal of a type, with its code and a sentence without personal data. Returns it, so that `throw` stays visible. */
export function refusal(
  type: string,
  facts: { readonly code: string; readonly message: string } & Facts,
): Refused {
  return new Refused(done(type, facts))
}

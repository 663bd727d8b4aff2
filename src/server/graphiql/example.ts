/** An operation of `docs/examples`. */
export interface Example {
  /** The name of its operation. GraphiQL uses the same for the tab. */
  readonly name: string
  /** Who asks and why: the comment the file begins with, as one line. */
  readonly why: string
  /** Names of the viewers it is made for, from lines `# View as: …`; none for an example that needs no token. */
  readonly viewers: readonly string[]
  readonly query: string
}

/** Reads an example from the text of its file. */
export function describeExample(query: string): Example {
  const comment = query.match(/^(#.*\n)*/)![0]
  const viewers = [...comment.matchAll(VIEW_AS)].map(([, name]) => name!)
  return {
    name: query.match(/^(?:query|mutation|subscription)\s+(\w+)/m)?.[1] ?? 'Example',
    why: comment.replaceAll(VIEW_AS, '').replaceAll(/^#\s*/gm, '').replaceAll('\n', ' ').trim(),
    viewers: viewers.filter((name) => name !== 'nobody'),
    query,
  }
}

const VIEW_AS = /^# View as: (.+)\n/gm

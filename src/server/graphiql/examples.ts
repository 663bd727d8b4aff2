export interface Example {
  /** The name of its operation. GraphiQL uses the same for the tab. */
  name: string
  /** Who asks and why: the comment the file begins with, as one line. */
  why: string
  query: string
}

// Every file of the folder, in the order of the file names: a new example needs no change here.
const files = import.meta.glob<string>('../../../docs/examples/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
})

export const examples: Example[] = Object.keys(files)
  .sort()
  .map((path) => describeExample(files[path]!))

function describeExample(query: string): Example {
  const comment = query.match(/^(#.*\n)*/)![0]
  return {
    name: query.match(/^(?:query|mutation|subscription)\s+(\w+)/m)?.[1] ?? 'Example',
    why: comment.replaceAll(/^#\s*/gm, '').replaceAll('\n', ' ').trim(),
    query,
  }
}

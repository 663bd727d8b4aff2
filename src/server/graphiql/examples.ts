import { describeExample, type Example } from './example.ts'

// Every file of the folder, in the order of the file names: a new example needs no change here.
const files = import.meta.glob<string>('../../../docs/examples/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
})

export const examples: Example[] = Object.keys(files)
  .sort()
  .map((path) => describeExample(files[path]!))

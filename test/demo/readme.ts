import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/kernel/package-root.ts'

/** An operation of the README, and what it says that somebody is answered. */
export interface Promised {
  readonly query: string
  /** Of a viewer of the demo, or `anybody`. */
  readonly name: string
  /** JSON. */
  readonly answer: string
}

/** In the README a line says whose answer follows. */
const ANSWER = /^Answer to _?(.+?)_?:\n+```json\n(.*?)^```$/gms

export const README = readFileSync(join(packageRoot, 'README.md'), 'utf8')

const STORY = '## A list of 75,000 people\n'
const [beforeStory, story] = README.split(STORY) as [string, string]
const [toldStory, afterStory] = story.split(/^## /m) as [string, string]

/** What the README promises of the demo as it is filled, and of its list of June 2023, each in the order of its telling. */
export const PROMISED_OF_DEMO = promised(beforeStory + afterStory)
export const PROMISED_OF_LIST = promised(toldStory)

function promised(text: string): readonly Promised[] {
  return [...text.matchAll(/^```graphql\n(.*?)^```\n(.*?)(?=^```graphql|^#|$(?![\s\S]))/gms)].flatMap(
    ([, query, after]) =>
      [...after!.matchAll(ANSWER)].map(([, name, answer]) => ({
        query: query!,
        name: name!,
        answer: answer!,
      })),
  )
}

/** What the README shows of the terminal, after the command that sends the list. */
export const IMPORTED = /^```text\n(.*?)^```$/ms.exec(toldStory)![1]!

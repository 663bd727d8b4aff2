import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADDRESSES } from './addresses.ts'
import { type Attack, attack } from './attack.ts'
import { BODIES } from './bodies.ts'
import { CONNECTIONS } from './connections.ts'
import { IN_DEVELOPMENT } from './development.ts'
import { FLOODS } from './floods.ts'
import { GATEWAYS } from './gateways.ts'
import { PEOPLE } from './people.ts'
import { GUESSES, SCHEMA } from './schema.ts'
import { expectWell, openTarget, rowCounts, type Target } from './target.ts'
import { TOKENS } from './tokens.ts'
import { VALUES } from './values.ts'

type Group = readonly [name: string, attacks: readonly Attack[]]

const IN_PRODUCTION: readonly Group[] = [
  ['operations', FLOODS],
  ['values', VALUES],
  ['bodies', BODIES],
  ['addresses', ADDRESSES],
  ['connections', CONNECTIONS],
  ['tokens', TOKENS],
  ['the schema', SCHEMA],
  ['guesses', GUESSES],
  ['gateways', GATEWAYS],
  ['people', PEOPLE],
]

describe.each([
  ['production', true, IN_PRODUCTION],
  ['development', false, [['what is open there', IN_DEVELOPMENT]] as const],
])('a hub in %s', (_mode, production, groups) => {
  let target: Target
  beforeAll(async () => {
    target = await openTarget({ production })
    await expectWell(target)
  })
  afterAll(() => target[Symbol.asyncDispose]())

  describe.each(groups)('%s', (_group, attacks) => {
    let before: Record<string, number>
    beforeAll(async () => {
      before = await rowCounts(target)
    })

    test.each(attacks)('$name', async (each) => void (await attack(target, each)))

    test('leave the server well, and the database as it was', async () => {
      await expectWell(target)
      expect(await rowCounts(target)).toEqual(before)
    })
  })

  test('nobody asked the attacker’s address for a key, and the log has no error', () => {
    expect(target.elsewhere.asked()).toBe(0)
    expect(target.log.filter(({ level }) => (level as number) >= 50)).toEqual([])
  })
})

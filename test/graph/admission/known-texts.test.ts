import { expect, test } from 'vitest'
import { KnownTexts } from '../../../src/graph/admission/known-texts.ts'

test('the texts used last are known, as many as there is room for', () => {
  const texts = new KnownTexts(3, 100)
  for (const text of ['a', 'b', 'c']) texts.add(text)
  expect(texts.has('a')).toBe(true)
  texts.add('d')
  expect(['a', 'b', 'c', 'd'].map((text) => texts.has(text))).toEqual([true, false, true, true])
})

test('long texts make room for themselves, and one that is longer than all room is not kept', () => {
  const texts = new KnownTexts(100, 10)
  for (const text of ['aaaa', 'bbbb', 'cccc']) texts.add(text)
  expect(['aaaa', 'bbbb', 'cccc'].map((text) => texts.has(text))).toEqual([false, true, true])
  texts.add('d'.repeat(11))
  expect(['d'.repeat(11), 'bbbb', 'cccc'].map((text) => texts.has(text))).toEqual([false, false, false])
  // What was forgotten takes no room.
  texts.add('e'.repeat(10))
  expect(texts.has('e'.repeat(10))).toBe(true)
})

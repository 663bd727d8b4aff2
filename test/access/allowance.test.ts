import { expect, test } from 'vitest'
import { createAllowance } from '../../src/access/allowance.ts'

test('a client may take what is allowed, then is told when to come back', async () => {
  const people = createAllowance({ points: 1_000, perSeconds: 60, of: 'people' })
  await people.take('siti', 400)
  await people.take('siti', 600)
  await expect(people.take('siti', 1)).rejects.toMatchObject({
    code: 'TOO_COMPLEX',
    message: 'This client may ask about 1000 people in 60 seconds.',
    remedy: expect.stringMatching(/^Ask about fewer people, or try again in (59|60) seconds\.$/),
  })
})

test('what is refused is not taken: a smaller request still has its share', async () => {
  const people = createAllowance({ points: 1_000, perSeconds: 60 })
  await people.take('siti', 900)
  await expect(people.take('siti', 101)).rejects.toThrow()
  await people.take('siti', 100)
})

test('clients do not take from one another', async () => {
  const people = createAllowance({ points: 10, perSeconds: 60 })
  await people.take('siti', 10)
  await people.take('budi', 10)
})

test('it is there again after its time', async () => {
  const people = createAllowance({ points: 10, perSeconds: 1 })
  await people.take('siti', 10)
  await expect(people.take('siti', 1)).rejects.toThrow()
  await expect
    .poll(() => people.take('siti', 10).then(() => 'taken', String), { timeout: 5_000 })
    .toBe('taken')
})

test('more than is ever allowed at once is refused with how much may be', async () => {
  const people = createAllowance({ points: 10, perSeconds: 60, of: 'people' })
  await expect(people.take('siti', 11)).rejects.toMatchObject({
    remedy: 'Ask about at most 10 people at once.',
  })
})

test('0 sets no limit', async () => {
  await createAllowance({ points: 0, perSeconds: 60 }).take('siti', 1_000_000)
})

import { expect, test } from 'vitest'
import { badInput, Fault, SetupError } from '../../src/kernel/errors.ts'

test('a fault carries its code, the field, the remedy and what caused it', () => {
  const cause = new Error('below')
  const fault = new Fault('CONFLICT', 'The worker is already covered.', {
    field: 'input.months',
    remedy: 'Choose later months.',
    cause,
  })
  expect(fault).toBeInstanceOf(Error)
  expect(fault).toMatchObject({
    code: 'CONFLICT',
    message: 'The worker is already covered.',
    field: 'input.months',
    remedy: 'Choose later months.',
    cause,
  })
  expect(String(fault)).toBe('Fault: The worker is already covered.')
})

test('the name of a fault is not among the properties that logs and responses copy', () => {
  expect(Object.keys(new Fault('INTERNAL', 'x'))).not.toContain('name')
  expect('cause' in new Fault('INTERNAL', 'x')).toBe(false)
})

test('bad input names its field', () => {
  expect(badInput('month', 'This is not a month.', 'Write 2022-12.')).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'month',
    remedy: 'Write 2022-12.',
  })
})

test('a setup error shows every problem on the command line and keeps them apart', () => {
  const error = new SetupError('The configuration has mistakes:', ['PORT is wrong.', 'HOST is wrong.'])
  expect(error.message).toBe('The configuration has mistakes:\n  - PORT is wrong.\n  - HOST is wrong.')
  expect(error.problems).toEqual(['PORT is wrong.', 'HOST is wrong.'])
  expect(error.name).toBe('SetupError')
})

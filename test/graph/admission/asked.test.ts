import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressAsking, askedByAddress } from '../../../src/graph/admission/asked.ts'

test('an address asks for what its parameters say', () => {
  const search = `?query=${encodeURIComponent('{ a }')}&operationName=Q&variables=%7B%22v%22%3A1%7D&extensions=%7B%7D&other=1`
  expect(askedByAddress(search)).toEqual({
    query: '{ a }',
    operationName: 'Q',
    variables: { v: 1 },
    extensions: {},
  })
  expect(askedByAddress('?documentId=sha256:00')).toEqual({ documentId: 'sha256:00' })
  expect(askedByAddress('')).toEqual({})
})

test('what is given twice or is no JSON stays what it is, for others to refuse', () => {
  expect(askedByAddress('?query=a&query=b').query).toEqual(['a', 'b'])
  expect(askedByAddress('?variables=%7B').variables).toBe('{')
  expect(askedByAddress('?variables=1&variables=2').variables).toEqual(['1', '2'])
})

test('an address made from a request asks for the same', () => {
  const asked = fc.record(
    {
      query: fc.string(),
      documentId: fc.string(),
      operationName: fc.string(),
      variables: fc.dictionary(fc.string(), fc.jsonValue()),
      extensions: fc.dictionary(fc.string(), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(asked, (request) => {
      expect(askedByAddress(addressAsking(request))).toEqual(JSON.parse(JSON.stringify(request)))
    }),
  )
})

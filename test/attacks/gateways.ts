import { aKeyPair, claims, sign } from '../access/tokens/issuer.ts'
import { type Attack, harmless, refused } from './attack.ts'
import { asking, posting } from './operations.ts'
import type { HttpRequest } from './sending.ts'
import type { Target } from './target.ts'

const SERVICE = '{ _service { sdl } }'
const ENTITIES =
  'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Worker { id category } } }'

const FORGED_GATEWAY = await sign(aKeyPair(), { ...claims(), sub: 'gateway', scope: 'federation:gateway' })

/** Asked by a gateway of the hub's, for an administrator. */
function entities(representations: unknown): (target: Target) => HttpRequest {
  return (target) => {
    const { headers, ...asked } = asking(ENTITIES, { as: 'admin', variables: { r: representations } })(target)
    return { ...asked, headers: { ...headers, 'payung-gateway': target.tokens.gateway } }
  }
}

/** What is told to gateways only, and entities that are none. */
export const GATEWAYS: readonly Attack[] = [
  {
    name: 'what gateways are told, without a token',
    request: asking(SERVICE),
    expected: refused('UNAUTHENTICATED'),
  },
  {
    name: 'what gateways are told, as an administrator',
    request: asking(SERVICE, { as: 'admin' }),
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'entities, as a clerk',
    request: asking(ENTITIES, { as: 'clerk', variables: { r: [] } }),
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'what gateways are told, with a gateway’s token that is forged',
    request: (target) => {
      const { headers, ...asked } = asking(SERVICE, { as: 'admin' })(target)
      return { ...asked, headers: { ...headers, 'payung-gateway': FORGED_GATEWAY } }
    },
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'what gateways are told, with an administrator’s token as a gateway’s',
    request: (target) => {
      const { headers, ...asked } = asking(SERVICE, { as: 'admin' })(target)
      return { ...asked, headers: { ...headers, 'payung-gateway': target.tokens.admin } }
    },
    expected: refused('FORBIDDEN'),
  },
  {
    name: 'people, as a gateway without a person',
    request: (target) => {
      const r = [{ __typename: 'Worker', id: target.people[0] }]
      const { headers, ...asked } = asking(ENTITIES, { variables: { r } })(target)
      return { ...asked, headers: { ...headers, 'payung-gateway': target.tokens.gateway } }
    },
    expected: refused('UNAUTHENTICATED'),
  },
  ...(
    [
      ['of a type that nobody knows', [{ __typename: 'Evil', id: '1' }]],
      ['of the root', [{ __typename: 'Query' }]],
      ['of a type with no key', [{ __typename: 'PageInfo', id: '1' }]],
      ['of a type that every object has', [{ __typename: 'constructor', id: '1' }]],
      ['without a type', [{ id: '1' }]],
      ['whose type is a list', [{ __typename: ['Worker'], id: '1' }]],
      ['without a key', [{ __typename: 'Worker' }]],
      ['whose key is an object', [{ __typename: 'Worker', id: { toString: '1' } }]],
      ['whose key is a list', [{ __typename: 'Worker', id: ['1', '2'] }]],
    ] as const
  ).map(([what, representations]) => ({
    name: `an entity ${what}`,
    request: entities(representations),
    expected: { code: 'BAD_USER_INPUT' as const, statuses: [200, 400] },
  })),
  {
    name: 'an entity with another prototype',
    request: (target) => {
      const { headers, ...asked } = posting(
        `{"query":${JSON.stringify(ENTITIES)},"variables":{"r":[{"__typename":"Worker","__proto__":{"id":"1"}}]}}`,
        'admin',
      )(target)
      return { ...asked, headers: { ...headers, 'payung-gateway': target.tokens.gateway } }
    },
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a thousand and one entities',
    request: entities(Array(1_001).fill({ __typename: 'Worker', id: '1' })),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'entities whose key is SQL',
    request: entities([
      { __typename: 'Worker', id: "1' or '1'='1" },
      { __typename: 'CoverageProgram', code: "' or ''='" },
    ]),
    expected: harmless('no row has such a key', { _entities: [null, null] }),
  },
]

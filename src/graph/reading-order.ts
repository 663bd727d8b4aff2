import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql'

/** Arguments as the contract lists them: what is asked about, then which of it, then how much of it. */
const ORDER = [
  'id code input scope within province level search from to on asOf month',
  'filter orderBy',
  'first after',
].flatMap((names) => names.split(' '))

/**
 * Puts the arguments of every field into reading order. type-graphql lists them as decorators run: the last
 * parameter first, and a base class before the class that extends it.
 */
export function sortArguments(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      field.args = field.args.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
    }
  }
}

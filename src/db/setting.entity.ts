import { defineEntity, p } from '@mikro-orm/core'

/** A fact about this hub itself, by name: the scenario it was filled with and the scenario's "today". */
export const SettingEntity = defineEntity({
  name: 'Setting',
  tableName: 'setting',
  properties: { name: p.text().primary(), value: p.text() },
})

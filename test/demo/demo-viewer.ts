import { isPermission } from '../../src/access/permission.ts'
import { signDevelopmentToken } from '../../src/access/tokens/development-key.ts'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { readSettings } from '../../src/db/settings.ts'

/** Whoever has this name in GraphiQL's menu, as the hub knows him by his token; `anybody` has none. */
export async function demoViewer(hub: Hub, name: string): Promise<Viewer> {
  if (name === 'anybody') return ANONYMOUS
  const { viewers } = await readSettings(hub.db)
  const { permissions, ...known } = viewers.find((viewer) => viewer.name === name)!
  const token = await signDevelopmentToken(hub.developmentKey!, {
    ...known,
    permissions: permissions.filter(isPermission),
  })
  return hub.authenticator.viewerOf(`Bearer ${token}`)
}

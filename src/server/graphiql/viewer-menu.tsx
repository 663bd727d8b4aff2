import { lastRefusal } from './refusals.ts'
import { viewAs, viewers } from './viewers.ts'

/** As whom the page asks. Not there where the hub offers nobody: tokens then come from elsewhere, under Headers. */
export function ViewerMenu() {
  const { all, chosen } = viewers.use()
  if (all.length === 0) return null

  function choose(name: string) {
    viewAs(name)
    // It was somebody else's.
    lastRefusal.set(undefined)
  }

  return (
    <label className="viewer-menu">
      <span>Lihat sebagai / view as</span>
      <select value={chosen?.name ?? ''} onChange={({ target }) => choose(target.value)}>
        <option value="">nobody (no token)</option>
        {all.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}

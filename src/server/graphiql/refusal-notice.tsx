import { useGraphiQLActions } from '@graphiql/react'
import { lastRefusal } from './refusals.ts'
import { viewAs, viewers } from './viewers.ts'

/** Says below an answer why it was refused, and who might be told more. */
export function RefusalNotice() {
  const refusal = lastRefusal.use()
  const { all, chosen } = viewers.use()
  const { run } = useGraphiQLActions()
  if (!refusal) return null

  const { code, message, asker } = refusal
  const others = all.filter((viewer) => viewer !== chosen)

  function runAs(name: string) {
    viewAs(name)
    run()
  }

  return (
    <section className="refusal" role="alert" aria-label="Refused">
      <strong>{headline(code, asker)}</strong> {message}
      {others.length > 0 ? (
        <div className="refusal-others">
          Run it as
          {others.map(({ name }) => (
            <button key={name} type="button" className="graphiql-button" onClick={() => runAs(name)}>
              {name}
            </button>
          ))}
        </div>
      ) : (
        <div>
          Send a token that has it, under Headers: <code>{'{"Authorization": "Bearer …"}'}</code>
        </div>
      )}
    </section>
  )
}

function headline(code: string, asker: string | undefined): string {
  if (asker === undefined) return 'Nobody is asking: without a token there are only public numbers.'
  if (code === 'FORBIDDEN') return `${asker} may not see this.`
  return 'The token was refused. Reload the page for new ones.'
}

import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import type { Example } from './example.ts'
import { examples } from './examples.ts'
import { viewAs, viewers } from './viewers.ts'

/** Keeps the examples at hand, as they were shipped, after their tabs were edited or closed. */
export const examplesPanel: GraphiQLPlugin = { title: 'Examples', icon: ExamplesIcon, content: ExamplesList }

function ExamplesList() {
  const { addTab, changeTab } = useGraphiQLActions()
  const tabs = useGraphiQL((state) => state.tabs)
  const queryEditor = useGraphiQL((state) => state.queryEditor)

  function open(example: Example) {
    const [madeFor] = example.viewers
    if (madeFor !== undefined && !viewers.get().chosen) viewAs(madeFor)
    const opened = tabs.findIndex((tab) => tab.query === example.query)
    if (opened >= 0) return changeTab(opened)
    addTab()
    queryEditor?.setValue(example.query)
  }

  return (
    <section aria-label="Examples">
      <div className="examples-title">Examples</div>
      <ul className="examples-list">
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" className="graphiql-un-styled" onClick={() => open(example)}>
              <strong>{example.name}</strong>
              {example.why}
              <span className="examples-viewers">
                View as: {example.viewers.join(', ') || 'nobody, it is public'}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function ExamplesIcon() {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M4 19.5V5.25A2.25 2.25 0 0 1 6.25 3H20v13.5H6.5a2.5 2.5 0 0 0 0 5H20" strokeLinecap="round" />
      <path d="M8.5 8h7M8.5 11.5h4.5" strokeLinecap="round" />
    </svg>
  )
}

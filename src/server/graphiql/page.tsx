import { explorerPlugin } from '@graphiql/plugin-explorer'
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import { examples } from './examples.ts'
import { examplesPanel } from './examples-panel.tsx'
import { askTheHub } from './fetcher.ts'
import { RefusalNotice } from './refusal-notice.tsx'
import umbrella from './umbrella.svg'
import { ViewerMenu } from './viewer-menu.tsx'

// Outside the component: GraphiQL closes the open panel whenever it is given a new array.
const plugins = [explorerPlugin({ showAttribution: false }), examplesPanel, HISTORY_PLUGIN]
const tabs = examples.map(({ query }) => ({ query }))

export function Page() {
  return (
    <GraphiQL
      fetcher={askTheHub}
      plugins={plugins}
      defaultTabs={tabs}
      // What is asked here may name people (a NIK in `checkCoverage`), and its headers carry tokens. The tabs and the
      // history survive a reload and go with the browser tab; no old tabs stand in front of today's examples.
      storage={sessionStorage}
      shouldPersistHeaders={false}
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>
        <ViewerMenu />
        <a className="payung-logo" href="/" title="Payung: one umbrella over every worker">
          <img src={umbrella} alt="" />
          Payung
        </a>
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <RefusalNotice />
      </GraphiQL.Footer>
    </GraphiQL>
  )
}

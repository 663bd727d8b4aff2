import 'graphiql/setup-workers/vite'
// Piece by piece instead of `graphiql/style.css`, which repeats Monaco's styles and carries 360 kB of fonts.
import '@graphiql/react/style.css'
import '@graphiql/plugin-doc-explorer/style.css'
import '@graphiql/plugin-history/style.css'
import '@graphiql/plugin-explorer/style.css'
import 'graphiql/graphiql.css'
import './page.css'
import { createRoot } from 'react-dom/client'
import { Page } from './page.tsx'

createRoot(document.getElementById('page')!).render(<Page />)

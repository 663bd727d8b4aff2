import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

// No development server: it cannot pre-bundle `graphiql/setup-workers`. A build takes 3 s, so `--watch` does as well.
export default defineConfig({
  root: import.meta.dirname,
  base: '/graphiql/',
  plugins: [oneCopyOf('graphql', 'monaco-editor', 'react')],
  resolve: { dedupe: ['graphql', 'monaco-editor', 'react', 'react-dom'] },
  // The GraphQL worker imports Prettier lazily, which only a module worker can do.
  worker: { format: 'es' },
  build: {
    outDir: resolve(import.meta.dirname, '../../../dist/graphiql'),
    emptyOutDir: true,
    target: 'es2023',
    // Everything is a file: the page then needs no `data:` for fonts in its Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
    // Monaco is one big chunk, loaded once and cached for ever.
    chunkSizeWarningLimit: 4_000,
    // React's compiler has run before GraphiQL was published: its leftover "use no memo" says nothing to a bundler.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
})

/**
 * Fails the build when a package would be shipped twice: two `graphql`s refuse each other's types at run time
 * ("from another module or realm"), two Monacos do not see each other's languages.
 */
function oneCopyOf(...packages: string[]): Plugin {
  return {
    name: 'payung:one-copy',
    apply: 'build',
    generateBundle() {
      const modules = [...this.getModuleIds()]
      for (const name of packages) {
        const homes = new Set(modules.flatMap((id) => id.match(`^.*/node_modules/${name}/`)?.[0] ?? []))
        if (homes.size > 1) this.error(`${name} would be bundled twice: ${[...homes].join(', ')}`)
      }
      const commonJs = modules.find((id) => /\/node_modules\/graphql\/.*\.js$/.test(id))
      if (commonJs) this.error(`graphql would be bundled as ES modules and as CommonJS: ${commonJs}`)
    },
  }
}

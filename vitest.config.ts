import { defineConfig } from 'vitest/config'
import { keepConsole } from './test/harness/outputs.ts'

export default defineConfig({
  // `graphql` must be one module instance: a second copy refuses the first one's types ("another realm").
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // All of them: by itself it leaves one free, on two that is half of the time.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // What the hub says during the run is kept, and searched for identity data at its end.
    globalSetup: ['test/harness/search-outputs.ts', 'test/harness/initialize-once.ts'],
    setupFiles: ['test/harness/keep-outputs.ts', 'test/harness/start-initialized.ts'],
    onConsoleLog: (text, _stream, entity) =>
      keepConsole(text, entity && ('module' in entity ? entity.module : entity).moduleId),
    teardownTimeout: 120_000,
  },
})

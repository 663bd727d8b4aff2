import { defineConfig } from 'vitest/config'

export default defineConfig({
  // `graphql` must be one module instance: a second copy refuses the first one's types ("another realm").
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 120_000 },
})

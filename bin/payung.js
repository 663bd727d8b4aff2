#!/usr/bin/env node
import { existsSync } from 'node:fs'

const cli = new URL('../dist/src/cli.js', import.meta.url)

if (Number(process.versions.node.split('.')[0]) < 24) {
  stop(`Payung needs Node 24 or later, and this is ${process.version}. "npx payung" brings its own.`)
} else if (!existsSync(cli)) {
  stop('Payung is not built yet. Run: npm run build')
} else {
  await import(cli.href)
}

function stop(message) {
  console.error(message)
  process.exitCode = 1
}

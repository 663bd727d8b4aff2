#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

// Rows of a file outlive a few small collections, and V8 would then put all rows to come where only large ones look: a server
// that takes in a file would hold a hundred megabytes more (docs/decisions.md).
setFlagsFromString('--no-allocation-site-pretenuring')

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

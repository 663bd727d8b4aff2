// Writes the list of June 2023 and its damaged rows beside this file: to be run after a change of the demo or of roster.yaml.
//
//   npm run build && node dist/seeds/tangerang-2022/write-roster.js

import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { DAMAGED_FILE, ROSTER_FILE, rosterText } from './roster/roster-file.ts'
import { damagedRows } from './roster/spreadsheet.ts'
import { generateRoster } from './roster.ts'

const rows = await generateRoster()
writeFileSync(ROSTER_FILE, gzipSync(rosterText(rows.map(({ cells }) => cells)), { level: 9 }))
writeFileSync(DAMAGED_FILE, rosterText(damagedRows(rows)))

import { readStateFile } from '../../src/ingest/state-files/state-file-reader.ts'

// Reads one state file and prints the outcome: run as another user, it shows what is not permitted to it.
const [projectPath = '', file = ''] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await readStateFile(projectPath, file)))

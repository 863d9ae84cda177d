/** Writes a bill of materials (CycloneDX, JSON) of what a running service is made of to standard output. */
const TOOL = Bun.resolveSync('@cyclonedx/cyclonedx-npm/package.json', import.meta.dir).replace('package.json', 'bin/cyclonedx-npm-cli.js')
const ARGUMENTS = ['--ignore-npm-errors', '--omit', 'dev', '--output-format', 'JSON', '--output-reproducible']

const child = Bun.spawn(['node', TOOL, ...ARGUMENTS], { cwd: `${import.meta.dir}/..`, stdio: ['ignore', 'inherit', 'inherit'] })
process.exitCode = await child.exited

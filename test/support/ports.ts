import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Below the range from which the kernel takes ports for outgoing connections: those would collide by chance.
const FIRST = 20_000
const COUNT = 12_000

const folder = join(tmpdir(), 'visualizer-ports')
const taken = new Set<string>()

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Takes the port's lock file, which says whose it is; a dead owner's is taken over. */
function lock(port: number): boolean {
  const path = join(folder, String(port))
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
  } catch {
    const owner = Number(readFileSync(path, { encoding: 'utf8', flag: 'a+' }))
    if (owner && isAlive(owner)) return false
    writeFileSync(path, String(process.pid))
  }
  if (taken.size === 0) process.on('exit', release)
  taken.add(path)
  return true
}

function release() {
  for (const path of taken) rmSync(path, { force: true })
}

/** Lock files of processes that ended without a word: once a process, so that they do not pile up. */
function sweep() {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    try {
      const owner = Number(readFileSync(path, 'utf8'))
      if (owner && !isAlive(owner)) rmSync(path, { force: true })
    } catch {
      // Another process swept it in the meantime.
      continue
    }
  }
}

/** A plain listener on every address: refused as soon as anybody listens on one, even one that shares its port. */
async function canListen(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = createServer()
  probe.once('error', () => resolve(false))
  probe.listen({ port, host: '::', ipv6Only: false }, () => probe.close(() => resolve(true)))
  return promise
}

/** A port that nobody listens on and no other test process was given; it stays ours until this process ends. */
export async function freePort(): Promise<number> {
  mkdirSync(folder, { recursive: true })
  if (taken.size === 0) sweep()
  const start = Math.floor(Math.random() * COUNT)
  for (let step = 0; step < COUNT; step++) {
    const port = FIRST + ((start + step) % COUNT)
    if (lock(port) && (await canListen(port))) return port
  }
  throw new Error(`no free port from ${FIRST} to ${FIRST + COUNT - 1}`)
}

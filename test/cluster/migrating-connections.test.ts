import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { runCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/ending.ts'
import { freePort } from '../support/ports.ts'

const ROOT = join(import.meta.dir, '../..')
const SETTING = '/proc/sys/net/ipv4/tcp_migrate_req'
/** A network of its own has the kernel's own settings; only root may make one. */
const isPossible = process.getuid?.() === 0 && Bun.which('unshare') !== null && Bun.which('setpriv') !== null
if (!isPossible) console.log('skipped: a network of its own needs root, unshare and setpriv')

/** Starts the service in a network of its own, as somebody, until it said that it spawned a worker; gives back what it said and the setting. */
async function startApart(prefix: string[]): Promise<string> {
  const folder = temporaryFolder()
  chmodSync(folder, 0o777)
  const bun = join(folder, 'bun')
  copyFileSync(process.execPath, bun)
  chmodSync(bun, 0o755)
  const flags = `--tsconfig-override=${ROOT}/tsconfig.json ${ROOT}/src/main.ts serve --port ${await freePort()} --data-dir ${folder}/data`
  const script = `ip link set lo up; echo before $(cat ${SETTING})
    cd ${folder}; HOME=${folder} WORKERS=2 ${prefix.join(' ')} ${bun} ${flags} > ${folder}/log 2>&1 & pid=$!
    for turn in $(seq 200); do grep -q 'worker 2 spawned' ${folder}/log && break; sleep 0.05; done
    echo after $(cat ${SETTING}); cat ${folder}/log; kill -TERM $pid; wait $pid`
  const { output } = await runCommand(['unshare', '-n', 'sh', '-c', script], { deadlineMs: 30_000 })
  return output
}

test.if(isPossible)(
  'connections that wait at a worker which is replaced are handed on where that may be set, else it is said',
  async () => {
    const asRoot = await startApart([])
    expect(asRoot).toContain('before 0')
    expect(asRoot).toContain('after 1')
    expect(asRoot).not.toContain('net.ipv4.tcp_migrate_req')
    const asNobody = await startApart(['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'])
    expect(asNobody).toContain('after 0')
    expect(asNobody).toContain('set net.ipv4.tcp_migrate_req=1')
  },
  90_000,
)

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { loadKnowledge } from '../../src/checks/load.ts'
import { versionsAsk } from '../../src/checks/runtimes.ts'
import { linkTools } from '../../src/lab/tools.ts'
import type { Ask } from '../../src/model/ask.ts'
import { prelude } from '../../src/probes/fragment.ts'
import { parseAsk, planOf } from '../../src/probes/index.ts'
import { frameOf } from './fixtures.ts'

const ask: Ask<'versions'> = versionsAsk(loadKnowledge())

/** Which binary is run, and which only listed: run, it leaves its name behind. */
describe('the fragment of the probe versions', function () {
  this.timeout(600_000)
  let folder = ''
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  const put = (path: string, body: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `#!/bin/sh\n${body}\n`)
    chmodSync(join(folder, path), 0o755)
  }
  const binary = (path: string, said: string): void =>
    put(path, `: >"${folder}/ran/\${0##*/}"; echo '${said}'; echo 'more of it'`)

  const asked = (uid: number) => {
    mkdirSync(join(folder, 'ran'))
    put('bin/id', `echo ${uid}`)
    put('bin/stat', '[ "$1 $2" = "-Lc %Y" ] && echo 1700000000')
    const { stdout, status } = spawnSync('/bin/sh', ['-c', prelude + planOf(ask).fragment], {
      env: { R: join(folder, 'root'), PATH: `${folder}/bin:${linkTools(folder, process.env['PATH'] ?? '')}` },
      encoding: 'utf8',
    })
    const reading = parseAsk(ask, frameOf(ask, { stdout, exit: status ?? -1 }))
    if (reading.state !== 'read') throw new Error(reading.detail)
    return {
      binaries: reading.value.map(({ name, path, version }) => [name, path, version ?? 'silent'].join(' ')),
      ran: readdirSync(join(folder, 'ran')).toSorted(),
    }
  }

  it('asks at the known places, each', () => {
    binary('root/usr/local/bin/k3s', 'k3s version v1.27.5+k3s1 (8d074ecb)')
    binary('root/usr/local/bin/containerd', 'containerd github.com/containerd/containerd/v2 v2.0.0 207ad71')
    binary('root/usr/bin/containerd', 'containerd github.com/containerd/containerd 1.6.23 ')
    binary('root/usr/bin/crio', 'crio version 1.27.1')
    expect(asked(0).binaries).to.deep.equal([
      'k3s /usr/local/bin/k3s v1.27.5+k3s1',
      'containerd /usr/local/bin/containerd v2.0.0',
      'containerd /usr/bin/containerd 1.6.23',
      'crio /usr/bin/crio 1.27.1',
    ])
  })

  it('finds nothing where there is nothing', () => {
    expect(asked(0)).to.deep.equal({ binaries: [], ran: [] })
  })

  it('asks elsewhere in PATH where none is at these', () => {
    binary('bin/dockerd', 'Docker version 24.0.5, build ced0996')
    expect(asked(0).binaries).to.deep.equal([`dockerd ${folder}/bin/dockerd 24.0.5`])
  })

  it('runs no crio without root, and no snap at all: both would make folders', () => {
    binary('root/usr/bin/crio', 'crio version 1.27.1')
    binary('snap', 'snap')
    mkdirSync(join(folder, 'bin'))
    symlinkSync('../snap', join(folder, 'bin/kubelet'))
    const { binaries, ran } = asked(1000)
    expect(binaries).to.deep.equal(['crio /usr/bin/crio silent', `kubelet ${folder}/bin/kubelet silent`])
    expect(ran).to.deep.equal([])
  })

  it('waits for none that hangs', () => {
    put('root/usr/bin/rke2', 'exec sleep 60')
    binary('root/usr/bin/kubelet', 'Kubernetes v1.27.3')
    expect(asked(0).binaries).to.deep.equal(['rke2 /usr/bin/rke2 silent', 'kubelet /usr/bin/kubelet v1.27.3'])
  })
})

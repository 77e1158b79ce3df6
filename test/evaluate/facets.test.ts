import { expect } from 'chai'
import { loadKnowledge } from '../../src/checks/load.ts'
import { facetReader } from '../../src/evaluate/facets/facets.ts'
import type { Ask, ProbeName, ProbeValues, ReadAsk } from '../../src/model/ask.ts'
import type { FileFact, ProcessTable, RuntimeBinary } from '../../src/model/facts.ts'
import { read, unreadable, type Reading } from '../../src/model/reading.ts'

const facetsOf = facetReader([], loadKnowledge())

type Answers = { readonly [Name in ProbeName]?: Reading<ProbeValues[Name]> }
const reader =
  (answers: Answers): ReadAsk =>
  <Name extends ProbeName>({ probe }: Ask<Name>) =>
    answers[probe] ?? unreadable('not-asked', 'this run did not ask')
const contexts = read({ files: [], rules: [] }, 'sha256sum')
const file = (facts: readonly FileFact[]) =>
  facetsOf(reader({ files: read(facts, 'stat'), 'file-contexts': contexts })).file

describe('the facts of a node', () => {
  const argv = 'longhorn-manager -d daemon --manager-image longhornio/longhorn-manager:v1.4.0'
  const table: ProcessTable = {
    processes: [{ pid: 9, parent: 1, user: 'root', label: '-', argv }],
    others: [],
    at: 1000,
  }
  const processes = read(table, 'ps')
  const binaries: readonly RuntimeBinary[] = [
    { name: 'k3s', path: '/usr/local/bin/k3s', version: 'v1.27.5+k3s1', changedAt: 900 },
    { name: 'crio', path: '/usr/bin/crio', version: '1.27.1', changedAt: 100 },
    { name: 'kubelet', path: '/usr/bin/kubelet' },
  ]
  const versions = read(binaries, '--version')

  it('have the versions of binaries beside those that command lines name', () => {
    const { component } = facetsOf(reader({ processes, versions }))
    expect(component.state === 'read' && Object.fromEntries(component.items)).to.deep.equal({
      'longhorn-manager': { value: 'v1.4.0' },
      k3s: { value: 'v1.27.5+k3s1', since: 900 },
      'cri-o': { value: '1.27.1' },
    })
  })

  it('have a gap, and the rest, where one of the two cannot be read', () => {
    for (const answers of [{ processes }, { versions }]) {
      const { component } = facetsOf(reader(answers))
      expect(component).to.include({ state: 'read', isComplete: false })
    }
    expect(facetsOf(reader({})).component.state).to.equal('unreadable')
  })

  const config = {
    path: '/etc/selinux/config',
    state: 'present',
    kind: 'regular file',
    mode: '0644',
    owner: 'root',
    group: 'root',
  } as const
  const secret = { path: '/etc/rancher/k3s/config.yaml', state: 'denied' } as const

  it('have files by digest, and a gap where one may not be looked at or read', () => {
    const sha256 = '0123456789abcdef'.repeat(4)
    const seen = file([
      { ...config, sha256, changedAt: 900 },
      { path: '/etc/docker/daemon.json', state: 'absent' },
    ])
    expect(seen).to.deep.equal({
      state: 'read',
      isComplete: true,
      items: new Map([['/etc/selinux/config', { value: '0123456789ab', since: 900 }]]),
    })
    expect(file([{ ...config, sha256 }, secret])).to.include({ state: 'read', isComplete: false })
    expect(file([config])).to.include({ state: 'read', isComplete: false })
  })

  it('have the policy’s file contexts by pattern, the later line on one counting, and their files by digest', () => {
    const path = '/etc/selinux/targeted/contexts/files/file_contexts'
    const rules = ['var_lib_t', 'container_var_lib_t'].map(type => ({
      pattern: '/var/lib/kubelet(/.*)?',
      type,
    }))
    const answer = read({ files: [{ path, sha256: 'ab'.repeat(32), changedAt: 900 }], rules }, 'sha256sum')
    const facets = facetsOf(reader({ files: read([], 'stat'), 'file-contexts': answer }))
    expect(facets.file).to.deep.include({
      isComplete: true,
      items: new Map([[path, { value: 'abababababab', since: 900 }]]),
    })
    expect(facets['file-context']).to.deep.include({
      items: new Map([['/var/lib/kubelet(/.*)?', { value: 'container_var_lib_t' }]]),
    })
  })
})

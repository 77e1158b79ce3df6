import { expect } from 'chai'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Inventory } from '../../src/inventory/inventory.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { hostListing, selectNames, selectNodes, type Selection } from '../../src/inventory/select.ts'
import { needs } from '../tools.ts'
import { errorOf } from './error-of.ts'
import { askAnsible, isRefusal } from './oracle.ts'

const example = 'inventories/example.yaml'

describe('the selection of nodes', () => {
  let base = ''
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'sefleet-select-'))
  })
  afterEach(() => rmSync(base, { recursive: true, force: true }))

  const inventoryOf = (text: string, warn: (sentence: string) => void = () => {}): Inventory => {
    writeFileSync(join(base, 'fleet.yaml'), text)
    return loadInventory(['fleet.yaml'], { base, warn })
  }
  const limited = (limit: string, rest: Selection = {}): readonly string[] =>
    selectNames(loadInventory([example]), { limit, base, ...rest })

  for (const [limit, message] of [
    [
      'storag',
      "--limit 'storag' leaves no node: no group or node matches 'storag' (did you mean 'storage'?)",
    ],
    [
      'worker-1',
      "--limit 'worker-1' leaves no node: no group or node matches 'worker-1' (did you mean 'worker-01'?)",
    ],
    ['databases', "--limit 'databases' leaves no node: no group or node matches 'databases'"],
    ['edge:&storage', "--limit 'edge:&storage' leaves no node"],
    ['cp-01[7]', "--limit 'cp-01[7]' leaves no node"],
  ] as const) {
    it(`that leaves nothing names the nearest word: ${limit}`, () => {
      expect(errorOf(() => limited(limit))).to.equal(`limit-empty ${message}`)
    })
  }

  it('says what a part of the limit did not match', () => {
    const warnings: string[] = []
    expect(limited('edge,stroage', { warn: sentence => warnings.push(sentence) })).to.have.length(2)
    expect(warnings).to.deep.equal(["no group or node matches 'stroage' (did you mean 'storage'?)"])
  })

  it('refuses a bad regular expression, and one that RE2 can’t match in linear time', () => {
    expect(
      errorOf(() => limited('~cp-(')),
      '~cp-(',
    ).to.match(/^limit-invalid pattern '~cp-\(' is no regular expression/)
    expect(
      errorOf(() => limited('~(a)\\1')),
      'back-reference',
    ).to.match(/^limit-invalid /)
  })

  it('answers a pathological regular expression and glob at once', () => {
    const name = 'a'.repeat(5000)
    const inventory = inventoryOf(`all: {hosts: {${name}: }}\n`)
    expect(errorOf(() => selectNames(inventory, { limit: '~(a+)+(a+)+b' }))).to.match(/^limit-empty/)
    expect(errorOf(() => selectNames(inventory, { limit: `${'*a'.repeat(30)}*b` }))).to.match(/^limit-empty/)
  })

  it('takes one pattern a line from @FILE, without splitting or comments', () => {
    writeFileSync(join(base, 'limit'), 'cp-01\n  worker-02  \n\n# cp-02\nworker-01,cp-03\n')
    expect(limited('@limit')).to.deep.equal(['cp-01', 'worker-02'])
  })

  it('takes an empty @FILE for no limit, and refuses one that is missing or a folder', () => {
    writeFileSync(join(base, 'none'), '')
    expect(limited('@none')).to.deep.equal(limited(''))
    expect(errorOf(() => limited('@nosuch'))).to.match(
      /^limit-invalid limit file 'nosuch' can't be read: ENOENT/,
    )
    expect(errorOf(() => limited('@.'))).to.match(/^limit-invalid limit file '\.' can't be read: EISDIR/)
  })

  it('keeps inventory order under a limit and pattern order in a pattern', () => {
    expect(limited('worker-01,cp-02')).to.deep.equal(['cp-02', 'worker-01'])
    expect(limited('', { pattern: 'worker-01,cp-02' })).to.deep.equal(['worker-01', 'cp-02'])
  })

  it('looks at the connection of selected nodes only, and never for a listing', () => {
    const inventory = inventoryOf(
      'all: {hosts: {db-1: , db-2: {ansible_connection: docker, ansible_host: "{{ x }}"}}}\n',
    )
    expect(selectNodes(inventory, { limit: 'db-1' }).map(({ name }) => name)).to.deep.equal(['db-1'])
    expect(hostListing(selectNames(inventory))).to.equal('  hosts (2):\n    db-1\n    db-2\n')
    expect(errorOf(() => selectNodes(inventory))).to.match(/^connection-unsupported fleet\.yaml:1:/)
  })

  it('refuses another way to become root only where root is asked for', () => {
    const inventory = inventoryOf('all: {vars: {ansible_become_method: pbrun}, hosts: {db-1: }}\n')
    expect(selectNodes(inventory)).to.have.length(1)
    expect(errorOf(() => selectNodes(inventory, { become: true }))).to.match(/^connection-unsupported/)
  })

  it('reaches nodes locally where the inventory says so or, by the option, says nothing', () => {
    const inventory = inventoryOf(`
all:
  hosts:
    db-1:
    db-2: { ansible_connection: ssh }
    db-3: { ansible_connection: ansible.builtin.local, ansible_become: yes }
    db-4: { ansible_connection: smart }
    db-5: { ansible_connection: ~ }
`)
    const kinds = (selection: Selection) =>
      selectNodes(inventory, selection).map(({ connection }) => connection.kind)
    expect(kinds({})).to.deep.equal(['ssh', 'ssh', 'local', 'ssh', 'ssh'])
    expect(kinds({ connection: 'local' })).to.deep.equal(['local', 'ssh', 'local', 'ssh', 'local'])
    expect(selectNodes(inventory, { limit: 'db-3' })[0]?.connection).to.deep.equal({
      kind: 'local',
      become: true,
    })
  })

  it('reaches a node by the client and the program that the inventory names', () => {
    const inventory = inventoryOf(`
all:
  hosts:
    db-1: { sefleet_ssh_client: openssh }
    db-2: { ansible_ssh_executable: /opt/ssh }
    db-3: { ansible_ssh_executable: /usr/bin/ssh, ansible_ssh_pkcs11_provider: "" }
    db-4: { ansible_ssh_pkcs11_provider: /usr/lib/p11.so }
    db-5: { sefleet_ssh_client: "{{ client | default('builtin') }}" }
`)
    expect(selectNodes(inventory).map(({ connection }) => connection)).to.deep.equal([
      { kind: 'ssh', host: 'db-1', sshClient: 'openssh' },
      { kind: 'ssh', host: 'db-2', sshProgram: '/opt/ssh' },
      { kind: 'ssh', host: 'db-3' },
      {
        kind: 'ssh',
        host: 'db-4',
        words: { first: [], last: ['-o', 'PKCS11Provider=/usr/lib/p11.so'] },
      },
      { kind: 'ssh', host: 'db-5', sshClient: 'builtin' },
    ])
  })

  it('refuses a client there is not', () => {
    const inventory = inventoryOf('all: {hosts: {db-1: {sefleet_ssh_client: putty}}}\n')
    expect(errorOf(() => selectNodes(inventory))).to.match(
      /^inventory-invalid .*node db-1: sefleet_ssh_client must be auto, builtin, openssh, not 'putty'$/,
    )
  })

  it('does not look at settings of SSH for a local node, but at those of becoming root', () => {
    const inventory = inventoryOf(`
all:
  vars: { ansible_connection: local, ansible_become_method: doas, ansible_doas_user: web }
  hosts:
    db-1:
      ansible_host: "{{ nowhere }}"
      ansible_port: none
      ansible_user: yes
      ansible_ssh_common_args: -J jump
      ansible_ssh_executable: /not/there
      ansible_timeout: 30
      ansible_become_password: secret
`)
    const warnings: string[] = []
    const [node] = selectNodes(inventory, { warn: sentence => warnings.push(sentence) })
    expect(node?.connection).to.deep.equal({ kind: 'local' })
    expect(warnings).to.deep.equal([])
    const [becoming] = selectNodes(inventory, { become: true })
    expect(becoming?.connection.kind).to.equal('local')
    expect(becoming?.connection.becoming).to.include({ method: 'doas', user: 'web' })
    expect(becoming?.connection.becoming?.password?.reveal()).to.equal('secret')
  })

  it('says once which settings are not used, and decrypts none for root where that is not wanted', () => {
    const inventory = inventoryOf(`
all:
  hosts: { db-1: , db-2: , db-3: { ansible_timeout: 30 } }
  vars:
    ansible_become_password: !vault |
      $ANSIBLE_VAULT;1.1;AES256
      6231
    ansible_host_key_checking: no
    ansible_ssh_common_args: -o UserKnownHostsFile=/dev/null
`)
    const warnings: string[] = []
    selectNodes(inventory, { warn: sentence => warnings.push(sentence) })
    expect(warnings.toSorted()).to.deep.equal([
      'ansible_host_key_checking switches the verification of host keys off, which is not done: give the keys with --known-hosts FILE, or learn those of new nodes with --host-keys accept-new (db-1 and 2 more)',
    ])
  })

  it('knows the innermost groups of a node, and its peers', () => {
    const inventory = inventoryOf(`
outer: { children: { middle: { children: { inner: { hosts: { db-1: } } }, hosts: { db-2: } } } }
other: { hosts: { db-1: , db-2: { sefleet_peers: 7 } } }
all: { hosts: { alone: } }
`)
    const facts = selectNodes(inventory).map(({ name, groups, leafGroups, peers }) => ({
      name,
      groups,
      leafGroups,
      peers,
    }))
    expect(facts).to.have.deep.members([
      { name: 'alone', groups: ['ungrouped'], leafGroups: ['ungrouped'], peers: undefined },
      {
        name: 'db-1',
        groups: ['inner', 'middle', 'other', 'outer'],
        leafGroups: ['inner', 'other'],
        peers: undefined,
      },
      { name: 'db-2', groups: ['middle', 'other', 'outer'], leafGroups: ['middle', 'other'], peers: '7' },
    ])
  })

  it('takes whatever speaks SSH for Ansible as ssh', () => {
    for (const name of ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.netcommon.libssh'])
      expect(
        selectNodes(inventoryOf(`all: {hosts: {db-1: {ansible_connection: ${name}}}}\n`)).map(
          ({ connection }) => connection.kind,
        ),
        name,
      ).to.deep.equal(['ssh'])
  })

  it('reads a host list', () => {
    const nodes = selectNodes(loadInventory(['db-1, db-2:2022,,[fe80::1]:23,::1,']))
    expect(
      nodes.map(({ connection }) => connection.kind === 'ssh' && [connection.host, connection.port]),
    ).to.deep.equal([
      ['db-1', undefined],
      ['db-2', 2022],
      ['fe80::1', 23],
      ['::1', undefined],
    ])
  })

  it('warns of a group and a host of one name, and of a port that comes too late', () => {
    const warnings: string[] = []
    inventoryOf('web: {hosts: {web: , db-1: }}\ndb: {hosts: {"db-1:2222": }}\n', sentence =>
      warnings.push(sentence),
    )
    expect(warnings).to.have.members([
      "both a group and a host are named 'web'",
      "fleet.yaml:2:14: the port is not used, as 'db-1' was named before",
    ])
  })

  it('is not slowed down by aliases of aliases', () => {
    const levels = Array.from(
      { length: 40 },
      (_, n) => `g${n + 1}: &g${n + 1} {children: {a${n}: *g${n}, b${n}: *g${n}}}`,
    )
    const text = ['g0: &g0 {hosts: {db-1: }}', ...levels].join('\n')
    expect(errorOf(() => inventoryOf(text))).to.match(
      /^inventory-invalid fleet\.yaml:\d+:\d+: this inventory defines more than/,
    )
  })

  it('reads the example as Ansible does', function () {
    needs(this, 'ansible')
    const [answer] = askAnsible('inventory', [
      { files: { 'a.yaml': readFileSync(example, 'utf8') }, sources: ['a.yaml'] },
    ])
    if (!answer || isRefusal(answer)) throw new Error(`Ansible refused: ${answer?.error}`)
    const warnings: string[] = []
    const inventory = loadInventory([example], { warn: sentence => warnings.push(sentence) })
    expect(warnings).to.deep.equal([])
    expect(inventory.groups.get('all')?.members.toSorted()).to.deep.equal(
      answer.groups['all']?.hosts.toSorted(),
    )
    const [worker] = selectNodes(inventory, { limit: 'worker-03' })
    expect(worker?.connection).to.include({ kind: 'ssh', port: 2222 })
    expect(worker?.peers).to.equal('longhorn')
  })
})

import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SefleetError } from '../../src/errors.ts'
import { loadInventory } from '../../src/inventory/load.ts'

describe('an inventory script', () => {
  let base = ''
  const warnings: string[] = []
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'sefleet-script-'))
    warnings.length = 0
  })
  afterEach(() => rmSync(base, { recursive: true, force: true }))

  const load = (script: string) => {
    writeFileSync(join(base, 'nodes.sh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return loadInventory(['nodes.sh'], { base, warn: sentence => warnings.push(sentence) })
  }
  const errorOf = (script: string): string => {
    try {
      load(script)
    } catch (error) {
      if (error instanceof SefleetError) return `${error.code} ${error.message}`
      throw error
    }
    return 'no error'
  }

  for (const [what, script, error] of [
    [
      'that fails',
      'echo "no credentials" >&2; exit 3',
      'inventory-script-failed inventory script `nodes.sh --list` ended with status 3: no credentials',
    ],
    [
      'that is killed',
      'kill -KILL $$',
      'inventory-script-failed inventory script `nodes.sh --list` was ended by SIGKILL',
    ],
    [
      'that says no JSON',
      'echo "web: {hosts: [db-1]}"',
      /^inventory-invalid nodes\.sh --list:1:\d+: this is not JSON: /,
    ],
    ['that says nothing', ':', /^inventory-invalid nodes\.sh --list:1:1: this is not JSON: /],
    [
      'that says no text',
      String.raw`printf '\377'`,
      'inventory-script-failed inventory script `nodes.sh --list` said something that is not UTF-8 text',
    ],
    [
      'that says a list',
      'echo "[]"',
      'inventory-invalid nodes.sh --list:1:1: an inventory must be a mapping of groups, not a list',
    ],
    [
      'whose hosts are no list',
      `echo '{"web": {"hosts": {"db-1": {}}}}'`,
      "inventory-invalid nodes.sh --list:1:19: the hosts of group 'web' must be a list, not a mapping",
    ],
    [
      'whose groups go in a circle',
      `echo '{"web": {"children": ["db"]}, "db": {"children": ["web"]}}'`,
      "inventory-invalid nodes.sh --list:1:50: group 'web' already contains 'db', so it can't be its child too",
    ],
    [
      'that misspells a variable',
      `echo '{"web": ["db-1"], "_meta": {"hostvars": {"db-1": {"ansible_hots": "x"}}}}'`,
      "inventory-invalid nodes.sh --list:1:51: unknown variable 'ansible_hots' (did you mean 'ansible_host'?)",
    ],
    [
      'that fails for one host',
      `[ "$1" = --list ] && exec echo '{"web": ["db-1", "db-2"]}'; [ "$2" = db-1 ] && exec echo '{}'; exit 1`,
      'inventory-script-failed inventory script `nodes.sh --host db-2` ended with status 1',
    ],
  ] as const) {
    it(`${what} stops the run and is named`, () => {
      if (typeof error === 'string') expect(errorOf(script)).to.equal(error)
      else expect(errorOf(script)).to.match(error)
    })
  }

  it('may say something on stderr, which is passed on', () => {
    const inventory = load(
      `printf 'cache is old\\nsefleet: all is well\\n' >&2; echo '{"web": ["db-1"], "_meta": {"hostvars": {}}}'`,
    )
    expect([...inventory.hosts.keys()]).to.deep.equal(['db-1'])
    expect(warnings).to.deep.equal([
      'inventory script `nodes.sh --list` says: cache is old',
      'inventory script `nodes.sh --list` says: sefleet: all is well',
    ])
  })

  it('may print what kubectl prints', () => {
    const node = { kind: 'Node', metadata: { name: 'worker-01' }, status: { addresses: [] } }
    const inventory = load(`echo '${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [node] })}'`)
    expect([...inventory.hosts.keys()]).to.deep.equal(['worker-01'])
  })
})

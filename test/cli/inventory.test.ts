import { expect } from 'chai'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../src/cli/run.ts'
import { fakeWorld } from './world.ts'

describe('sefleet inventory', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    mkdirSync(join(folder, 'group_vars'))
    writeFileSync(join(folder, 'group_vars/web.yml'), 'ansible_user: deploy\n')
    writeFileSync(
      join(folder, 'hosts'),
      '[web]\nweb-[1:2] ansible_port=2222\n[web:vars]\nansible_user=root\n[db]\ndb-1 ansible_connection=docker\n',
    )
    writeFileSync(join(folder, 'broken'), '[web]\nweb-1\n[web:childern]\n')
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const hosts = () => join(folder, 'hosts')

  it('prints hosts and groups that a limit leaves', async () => {
    const { exit, out, err } = await told('inventory', '-i', hosts(), '--list', '-l', 'web-2:db')
    expect([exit, err]).to.deep.equal([0, ''])
    expect(JSON.parse(out)).to.deep.equal({
      _meta: {
        hostvars: {
          'db-1': { ansible_connection: 'docker' },
          'web-2': { ansible_port: 2222, ansible_user: 'deploy' },
        },
      },
      all: { children: ['ungrouped', 'web', 'db'] },
      db: { hosts: ['db-1'] },
      web: { hosts: ['web-2'] },
    })
  })

  it('draws a group as a tree', async () => {
    const { out } = await told('inventory', '-i', hosts(), '--graph', 'web', '--vars')
    expect(out).to.equal(`@web:
  |--web-1
  |  |--{ansible_port = 2222}
  |  |--{ansible_user = deploy}
  |--web-2
  |  |--{ansible_port = 2222}
  |  |--{ansible_user = deploy}
  |--{ansible_user = deploy}
`)
  })

  it('explains a host, for people and for programs', async () => {
    const text = (await told('inventory', '-i', hosts(), '--explain', 'web-1')).out
    expect(text.replaceAll(folder, 'DIR')).to.equal(`web-1
  groups, the weakest first: web
  reached: ssh deploy@web-1:2222

ansible_port = 2222
  from     DIR/hosts:2:11  (host)

ansible_user = "deploy"
  from     DIR/group_vars/web.yml:1:15  (group_vars of web)
  overrode DIR/hosts:4:14  (group web): "root"
`)
    const json = (
      await told('inventory', '-i', hosts(), '--explain', 'web-1', '--json', '-e', 'ansible_user=me')
    ).out
    expect(JSON.parse(json)).to.have.nested.property('variables[1].given[0].by', '-e')
  })

  for (const [what, argv, sentence] of [
    ['nothing to show', [], /say one of --list, --host NAME, --graph and --explain NAME/],
    ['two things to show', ['--list', '--graph'], /say one of --list/],
    ['an unknown host', ['--host', 'web-3'], /the inventory has no host 'web-3' \(did you mean 'web-1'\?\)/],
    ['an unknown group', ['--graph', 'webb'], /the inventory has no group 'webb' \(did you mean 'web'\?\)/],
    ['a limit that leaves nothing', ['--list', '-l', 'wbe'], /leaves no node: .*did you mean 'web'/],
    ['a group to list', ['--list', 'web'], /GROUP goes with --graph only/],
    ['a tree as JSON', ['--graph', '--json'], /--json goes with --explain only/],
    [
      'a playbook folder that is not there',
      ['--list', '--playbook-dir', '/nowhere'],
      /there is no folder '\/nowhere'/,
    ],
    ['a POSIX class', ['--list', '-l', '~[[:alpha:]]'], /holds a POSIX class/],
    ['bad variables', ['--list', '-e', 'x'], /-e 'x' is no key=value/],
  ] as const) {
    it(`ends with 2 for ${what}`, async () => {
      const { exit, out, err } = await told('inventory', '-i', hosts(), ...argv)
      expect([exit, out]).to.deep.equal([2, ''])
      expect(err).to.match(sentence)
    })
  }

  it('ends with 2 for a broken file, with its place and the nearest word', async () => {
    const { exit, out, err } = await told('inventory', '-i', hosts(), '-i', join(folder, 'broken'), '--list')
    expect([exit, out]).to.deep.equal([2, ''])
    expect(err).to.match(/broken:3:6: unknown kind of section 'childern' \(did you mean 'children'\?\)/)
  })

  it('lists hosts that could not be reached this way; only asking them is refused', async () => {
    const listed = await told('audit', '-i', hosts(), '--list-hosts')
    expect([listed.exit, listed.out]).to.deep.equal([0, '  hosts (3):\n    web-1\n    web-2\n    db-1\n'])
    const shown = await told('audit', '-i', hosts(), '--show-script', 'db-1')
    expect(shown.exit).to.equal(2)
    expect(shown.err).to.match(/hosts:6:6: node db-1: ansible_connection is 'docker'/)
  })
})

const told = async (...argv: readonly string[]) => {
  const { world, out, err } = fakeWorld()
  const exit = await run(argv, world)
  return { exit, out: out(), err: err() }
}

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parseAllDocuments } from 'yaml'
import type { Audit } from '../../src/model/audit.ts'
import type { JudgedDenial } from '../../src/model/denial.ts'
import type { Suspect } from '../../src/model/drift.ts'
import { remedies } from '../../src/report/remedies.ts'
import { needs } from '../tools.ts'
import { auditOf, baseline, check, hostileAudit, node } from './audits.ts'

const denial = (more: Partial<JudgedDenial> = {}): JudgedDenial => ({
  source: 'container_t',
  target: 'nfs_t',
  class: 'file',
  permissions: ['open', 'read'],
  count: 3,
  firstSeen: 1_700_000_000,
  lastSeen: 1_700_000_100,
  commands: ['cat'],
  paths: [],
  enforced: true,
  sample: 'avc: denied',
  active: true,
  because: 'b',
  present: { denied: ['open', 'read'] },
  withheld: [],
  ...more,
})
const suspect = (more: Partial<Suspect> = {}): Suspect => ({
  cause: { type: 'package', name: 'container-selinux', from: '1', to: '2' },
  check: 'broken',
  nodes: ['node-1'],
  leads: true,
  basis: 'mechanism',
  table: { changedDrifted: 1, changedFine: 0, unchangedDrifted: 0, unchangedFine: 1 },
  chance: 0.5,
  evidence: [],
  tied: [],
  rollBack: [
    {
      do: 'dnf downgrade -y container-selinux-1',
      hold: 'dnf versionlock add container-selinux',
      nodes: ['node-1'],
    },
  ],
  ...more,
})

const audit = (denials: readonly JudgedDenial[], suspects: readonly Suspect[]): Audit => ({
  ...auditOf(
    [check('broken', 'critical')],
    [node('node-1', [], { denials }), node('node-2', [], { denials })],
  ),
  baseline: baseline({ suspects }),
})
const files = (one: Audit): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...remedies(one)].map(({ path, content }) => [
      path,
      typeof content === 'string' ? content : [...content].join(''),
    ]),
  )
const rulesOf = (one: Audit): readonly string[] =>
  (files(one)['remedies/addendum.cil'] ?? '').split('\n').filter(line => line.startsWith('('))

describe('files to review', () => {
  it('are not written where there is nothing to say', () => {
    expect(files(audit([], []))).to.deep.equal({})
    const past = [denial({ active: false }), denial({ present: { denied: [] } }), denial({ owner: 'login' })]
    expect(files(audit(past, [suspect({ basis: 'counts' })]))).to.deep.equal({})
  })

  it('allow only what is active and still denied, together for all nodes', () => {
    const all = [
      denial({ permissions: ['open', 'read'], present: { denied: ['read'] } }),
      denial({ target: 'container_t' }),
    ]
    expect(rulesOf(audit(all, []))).to.deep.equal([
      '(allow container_t nfs_t (file (read)))',
      '(allow container_t self (file (open read)))',
    ])
  })

  it('show what is not fit to be loaded as a comment, with every reason', () => {
    const one = denial({ target: 'unlabeled_t', withheld: ['it is too broad', 'a boolean is smaller'] })
    const text = files(audit([one], []))['remedies/addendum.cil'] ?? ''
    expect(text).to.contain('; Not to be loaded: it is too broad.').and.to.contain('a boolean is smaller')
    expect(text).to.contain('; (allow container_t unlabeled_t').and.to.contain('No rule here is fit')
    expect(rulesOf(audit([one], []))).to.deep.equal([])
  })

  it('vouch for nothing that was not judged, as in audits of older versions, or that one node speaks against', () => {
    const { withheld: _, ...unjudged } = denial()
    expect(rulesOf(audit([unjudged], []))).to.deep.equal([])
    const both = auditOf(
      [],
      [
        node('node-1', [], { denials: [denial()] }),
        node('node-2', [], { denials: [denial({ withheld: ['no'] })] }),
      ],
    )
    expect(rulesOf(both)).to.deep.equal([])
  })

  it('hold no word of a hostile node as a rule or a command', () => {
    for (const text of ['a) (typepermissive spc_t', 'x\n(allow a b (file (read)))', '$(reboot)', '../../x']) {
      const hostile = [
        denial({ source: text }),
        denial({ target: text }),
        denial({ class: text }),
        denial({ present: { denied: [text] } }),
        denial({ signature: text, diagnosis: text, remedy: text }),
      ]
      expect(rulesOf(audit(hostile, []))).to.deep.equal(['(allow container_t nfs_t (file (open read)))'])
      // A command of ours that a node's words have got into would be a string all the same.
      const playbook = files(hostileAudit(text))['remedies/roll-back.yaml'] ?? ''
      const [document] = parseAllDocuments(playbook)
      expect(document?.errors ?? []).to.deep.equal([])
      expect(playbook).to.not.contain('cmd:')
    }
  })

  it('are a policy module that secilc takes', function () {
    needs(this, 'secilc')
    const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    const cil = join(folder, 'addendum.cil')
    const text = files(
      audit(
        [denial(), denial({ target: 'container_t', class: 'process', present: { denied: ['fork'] } })],
        [],
      ),
    )
    writeFileSync(cil, text['remedies/addendum.cil'] ?? '')
    const parts = ['base', 'daemons', 'containers'].map(name => `src/lab/policies/${name}.cil`)
    const { status, stderr } = spawnSync(
      'secilc',
      ['-M', 'true', '-o', join(folder, 'p'), '-f', '/dev/null', ...parts, cil],
      {
        encoding: 'utf8',
      },
    )
    rmSync(folder, { recursive: true })
    expect(stderr).to.equal('')
    expect(status).to.equal(0)
  })

  it('take back what explains a failure, or is tied with that, and nothing else', () => {
    const other = (name: string, more: Partial<Suspect>) =>
      suspect({
        cause: { type: 'package', name, to: '2' },
        leads: false,
        rollBack: [{ do: `dnf downgrade -y ${name}-1`, hold: 'true', nodes: ['node-1'] }],
        ...more,
      })
    const twin: Suspect['cause'] = { type: 'package', name: 'twin', to: '2' }
    const all = [
      suspect({ tied: [twin] }),
      other('twin', {}),
      other('beside', {}),
      other('weak', { leads: true, basis: 'weak' }),
    ]
    const text = files(audit([], all))['remedies/roll-back.yaml'] ?? ''
    expect(text.match(/dnf downgrade -y \S+-1/g)).to.deep.equal([
      'dnf downgrade -y container-selinux-1',
      'dnf downgrade -y twin-1',
    ])
  })

  it('are a playbook that Ansible takes, limited to the nodes concerned', function () {
    this.timeout(600_000)
    needs(this, 'ansible-playbook')
    const text = files(audit([], [suspect(), suspect({ check: 'other' })]))['remedies/roll-back.yaml'] ?? ''
    const [document, ...more] = parseAllDocuments(text)
    expect(more).to.deep.equal([])
    expect(document && 'toJS' in document ? document.toJS() : undefined)
      .to.be.an('array')
      .with.lengthOf(1)
    const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    const file = join(folder, 'roll-back.yaml')
    writeFileSync(file, text)
    const { status, stdout, stderr } = spawnSync(
      'ansible-playbook',
      ['-i', 'node-1,node-2,', '--list-hosts', file],
      { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
    )
    rmSync(folder, { recursive: true })
    expect(status, stderr).to.equal(0)
    expect(stdout).to.contain('hosts (1)').and.to.contain('node-1').and.to.not.contain('node-2')
  })

  it('are a playbook in which no name is a template: nothing of a node or an inventory is run by Ansible', function () {
    this.timeout(600_000)
    needs(this, 'ansible-playbook')
    const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    const canary = join(folder, 'canary')
    const ansible = (text: string, ...words: readonly string[]) => {
      const file = join(folder, 'roll-back.yaml')
      writeFileSync(file, text)
      return spawnSync('ansible-playbook', ['-i', 'node-1,', ...words, file], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8', ANSIBLE_LOCALHOST_WARNING: 'false' },
      })
    }
    try {
      const templates = [
        `{{ lookup('pipe', 'touch ${canary}') }}`,
        `{{lookup("pipe","touch ${canary}")}}`,
        `node-1,{{ lookup('pipe', 'touch ${canary}') }}`,
        `{% for x in lookup('pipe', 'touch ${canary}') %}x{% endfor %}`,
        `$(touch ${canary})`,
        `x\n- hosts: all\n  tasks: [{shell: touch ${canary}}]`,
        'all',
        '!node-1',
        '~node.*',
      ]
      const nodes = ['node-1', ...templates]
      const text =
        files(
          audit(
            [],
            [
              suspect({ nodes, rollBack: [{ do: 'true x', hold: 'true y', nodes }] }),
              ...templates.slice(0, 6).map(one =>
                suspect({
                  check: one,
                  cause: { type: 'package', name: one, from: one, to: one },
                  rollBack: [
                    { do: `true ${one}`, hold: one, note: one, nodes: ['node-1'] },
                    { none: one, nodes: [one] },
                  ],
                }),
              ),
            ],
          ),
        )['remedies/roll-back.yaml'] ?? ''
      expect(text.match(/^- name/gm)).to.have.lengthOf(1)
      expect(text.match(/^ {2}hosts: .*/gm)).to.deep.equal(['  hosts: "node-1"'])
      expect(text.split('\n').filter(line => line.includes('{{') && !line.startsWith('#'))).to.deep.equal([])
      const syntax = ansible(text, '--syntax-check')
      expect(syntax.status, syntax.stderr).to.equal(0)
      const tried = ansible(text, '--connection', 'local', '--check', '-e', 'ansible_become=false')
      expect(tried.status, tried.stdout + tried.stderr).to.equal(0)
      expect(existsSync(canary)).to.equal(false)
      // Or the canary could not tell.
      ansible(`- hosts: ${JSON.stringify(templates[0])}\n  tasks: []\n`, '--list-hosts')
      expect(existsSync(canary)).to.equal(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { defaultProfiles } from '../../src/checks/default-profiles.ts'
import { loadProfiles } from '../../src/checks/load.ts'
import { clockStep } from '../../src/evaluate/own-clock.ts'
import { nextSteps } from '../../src/probes/denials/gaps.ts'
import { addendum } from '../../src/report/addendum.ts'
import { piecesOf } from '../../src/report/commands.ts'
import { knowledge } from '../lab/fleet.ts'
import { auditOf } from './audits.ts'

/*
 * Every string of the product that tells an operator what to do. Commands stand in backticks: they parse, name tools of that
 * system, and hold no word to be filled in; what is not in backticks is no command.
 */
interface Told {
  readonly from: string
  readonly text: string
}

const checks = loadProfiles(defaultProfiles, knowledge).flatMap(profile => profile.checks)
const texts: readonly Told[] = [
  ...checks.flatMap(({ id, remedy = '', afterwards = '', avoid = '', instead }) =>
    [remedy, afterwards, avoid, ...instead.map(one => one.remedy.replaceAll('{units}', 'x.service'))].map(
      text => ({ from: `check ${id}`, text }),
    ),
  ),
  ...knowledge.signatures.flatMap(({ id, remedy, unless }) =>
    [remedy, ...unless.map(one => one.remedy ?? '')].map(text => ({
      from: `signature ${id}`,
      text: text.replaceAll('{kubelet}', '/var/lib/kubelet'),
    })),
  ),
  ...knowledge.advisories.map(({ id, remedy }) => ({ from: `advisory ${id}`, text: remedy })),
  ...knowledge.rollBack.flatMap(way =>
    'none' in way ? [{ from: 'no way back', text: way.none }] : [{ from: 'way back', text: way.note ?? '' }],
  ),
  ...Object.entries(nextSteps).map(([gap, text]) => ({ from: `gap of a log: ${gap}`, text })),
  { from: 'a clock that is off', text: clockStep },
  // What the templates and the checks write themselves.
  ...sourceTexts('src/checks/kinds/label.ts'),
  ...sourceTexts('src/checks/kinds/service.ts'),
  ...sourceTexts('src/checks/kinds/permissive-domain.ts'),
  ...sourceTexts('src/checks/installed-policy.ts'),
  ...sourceTexts('src/checks/selinux-modules.ts'),
  ...sourceTexts('src/evaluate/judge-check.ts'),
  ...sourceTexts('src/checks/denial-advice.ts'),
  ...sourceTexts('src/checks/roots.ts'),
].filter(({ text }) => text !== '')

// `remedy: …` in code, what is put in replaced by a word as a node would give it.
function sourceTexts(file: string): readonly Told[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:remedy:|=>\n|\?) *`((?:[^`\\]|\\.)*)`/gs)].map(
    ([, text = '']) => ({
      from: file,
      text: text
        .replaceAll('\\`', '`')
        .replaceAll('${setsebool(policy.booleans)}', 'setsebool -P x=on')
        .replaceAll('${first}', '`dnf install x`')
        .replaceAll('${relabel(read, knowledge)}', 'restorecon -Riv /var/lib/kubelet')
        .replaceAll('${learning(read, knowledge)}', '')
        .replaceAll('${again}', '`restorecon -Rv /var/lib/kubelet`')
        .replaceAll(/\$\{equivalence\(\w+\)\}/g, '`semanage fcontext -a -e /var/lib/kubelet /x`')
        .replaceAll(/\$\{(?:install|reinstall)\}/g, 'dnf install')
        .replaceAll(/\$\{[^}]*\}/g, 'x'),
    }),
  )
}

const commands: readonly Told[] = [
  ...texts.flatMap(({ from, text }) =>
    piecesOf(text).flatMap(piece => (piece.isCommand ? [{ from, text: piece.text }] : [])),
  ),
  ...knowledge.rollBack.flatMap(way =>
    'none' in way
      ? []
      : [[way.do, way.each ?? ''].join(' '), way.hold, way.install, way.reinstall].flatMap(one =>
          one === undefined
            ? []
            : [
                {
                  from: 'way back',
                  text: one.replaceAll(/\{(?:name|version)\}/g, 'x').replaceAll('{epoch}', '2:'),
                },
              ],
        ),
  ),
]

/** Tools that systems with SELinux have, of the families that the ways back are for. */
const tools = new Set(
  'dnf yum amazon-linux-extras zypper apt-get apt-mark transactional-update rpm-ostree restorecon semodule semanage setsebool setenforce load_policy ausearch auditctl systemctl ps ls kubectl rpm mount sysctl keyctl chcon mkdir sestatus getenforce getsebool grep findmnt lsblk matchpathcon containerd crio findmnt journalctl getfattr seinfo find cat aureport augenrules service chronyc modprobe'.split(
    ' ',
  ),
)
/** Words in capitals that mean themselves. */
const ownCapitals =
  /\b(?:SELINUX(?:TYPE|_ERR)?|USER_SELINUX_ERR|SLE|MAC_STATUS|MAC_POLICY_LOAD|USER_AVC|AVC|SELinux|CSI|NFS|CIL|RWX|TCP|MCS|TLS|TPM|OCI|FUSE|USB|RPM|ID|I|TARGET|OPTIONS)\b/g

describe('what operators are told to do', () => {
  it('is there to be looked at', () => {
    expect(texts.length).to.be.above(40)
    expect(commands.length).to.be.above(30)
  })

  it('has commands that a shell takes', () => {
    const script = commands.map(({ text }) => `true || { ${text}\n}`).join('\n')
    const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })
    expect(stderr).to.equal('')
    expect(status).to.equal(0)
  })

  it('names tools that the system has', () => {
    for (const { from, text } of commands)
      for (const one of text.replaceAll(/'[^']*'/g, 'x').split(/\|\|?|&&|;/))
        expect(tools, `${from}: ${text}`).to.include(one.trim().split(' ')[0])
  })

  it('has no word to be filled in', () => {
    for (const { from, text } of [...texts, ...commands]) {
      expect(text.replaceAll(ownCapitals, ''), from).to.not.match(/\b[A-Z][A-Z_]{2,}\b/)
      expect(text, from).to.not.match(/<[a-z-]+>|\bundefined\b|\$\{/)
    }
  })

  it('has its commands in backticks, and nothing else', () => {
    const command =
      /\b(?:dnf|yum|zypper|apt|apt-get|rpm-ostree|transactional-update|restorecon|semodule|semanage|setsebool|setenforce|ausearch|auditctl|findmnt|journalctl|getfattr|systemctl|kubectl) (?:-|[a-z]+ -|downgrade|install|rollback|enable|fcontext|permissive|show)/
    for (const { from, text } of texts) {
      expect((text.match(/`/g) ?? []).length % 2, from).to.equal(0)
      const prose = piecesOf(text)
        .map(piece => (piece.isCommand ? '…' : piece.text))
        .join('')
      expect(prose, from).to.not.match(command)
    }
  })

  it('labels no more than paths of the host, and never the root', () => {
    for (const { from, text } of commands.filter(one => one.text.startsWith('restorecon')))
      for (const word of text.split(' ').slice(1))
        expect(word, from).to.match(/^(?:-[A-Za-z]+|x|\/[a-z][\w./-]+)$/)
    for (const { from, text } of texts) expect(text, from).to.not.match(/restorecon(?: -\w+)* \/(?![a-z])/)
  })

  it('never only points at another check', () => {
    const ids = new Set(checks.map(({ id }) => id))
    for (const { from, text } of texts)
      expect(
        text.split(/[^a-z-]+/).filter(word => word.includes('-') && ids.has(word)),
        from,
      ).to.deep.equal([])
  })

  it('is headed by what is broken: every shipped check has a title for its failure', () => {
    expect(checks.filter(one => one.failureTitle === undefined).map(({ id }) => id)).to.deep.equal([])
    expect(checks.filter(one => one.failureTitle === one.title)).to.deep.equal([])
    expect(checks.filter(one => one.remedy === undefined).map(({ id }) => id)).to.deep.equal([])
  })

  it('begins the addendum with commands that a shell takes', () => {
    const denial = {
      source: 'container_t',
      target: 'nfs_t',
      class: 'file',
      permissions: ['read'],
      count: 1,
      firstSeen: 1,
      lastSeen: 2,
      commands: ['cat'],
      paths: [],
      enforced: true,
      sample: 's',
      active: true,
      because: 'b',
      present: { denied: ['read'] },
    }
    const text = addendum({
      ...auditOf([], []),
      nodes: [{ ...auditNode, denials: [denial] }],
    })
    const told = (text ?? '')
      .split('\n')
      .filter(line => line.startsWith(';'))
      .join(' ')
    for (const [command] of told.matchAll(/semodule (?:-\w+ \S+ ?)+/g))
      expect(spawnSync('sh', ['-n', '-c', command]).status).to.equal(0)
  })
})

const auditNode = {
  name: 'a',
  address: 'a',
  status: 'answered',
  groups: [],
  facts: {},
  outcomes: [],
  denials: [],
} as const

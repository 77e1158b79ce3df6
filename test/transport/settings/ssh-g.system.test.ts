import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { settingsOf } from '../../../src/transport/settings/answer.ts'
import { findSettings } from '../../../src/transport/settings/finder.ts'
import { askSsh, type AskSsh } from '../../../src/transport/settings/ssh-g.ts'

const hosts = ['node-1', 'node-2', 'node-10', 'db1.example.com', 'Web']

const pattern = fc.constantFrom(
  '*',
  'node-*',
  'node-?',
  '*.example.com',
  'db1*',
  'bastion',
  'web',
  'W?b',
  'node-1',
)
const patterns = fc
  .array(fc.tuple(fc.boolean(), pattern), { minLength: 1, maxLength: 3 })
  .map(list => list.map(([isNegated, one], at) => (isNegated && at > 0 ? `!${one}` : one)).join(' '))

const option = fc.oneof(
  fc.constantFrom(
    'HostName %h.internal',
    'HostName 10.1.2.3',
    'HostName %h',
    'User ops',
    'User "deploy"',
    'Port 2222',
    'port=2022',
    'IdentityFile ~/.ssh/%h_key',
    'IdentityFile "/keys/one.pem"',
    'IdentitiesOnly yes',
    'IdentityAgent none',
    'CertificateFile ~/.ssh/id-cert.pub',
    'UserKnownHostsFile /etc/known /etc/known2',
    'UserKnownHostsFile /etc/known.%h',
    'HostKeyAlias fleet',
    'StrictHostKeyChecking accept-new',
    'StrictHostKeyChecking no',
    'ConnectTimeout 7',
    'ServerAliveInterval 15',
    'ServerAliveCountMax 2',
    'ProxyJump ops@bastion:2222,second',
    'ProxyJump none',
    'ProxyCommand ssh -W %h:%p bastion',
    'ProxyCommand none',
    'PKCS11Provider /usr/lib/opensc.so',
    '# a comment',
    '',
  ),
)
const options = fc.array(option, { maxLength: 4 })
const section = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(
      patterns.map(list => `Host ${list}`),
      options,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'Match all',
        'Match originalhost node-*,db*',
        'Match user ops',
        'Match host *.internal',
      ),
      options,
    ),
  },
)
const config = fc
  .tuple(options, fc.array(section, { maxLength: 5 }), fc.array(section, { maxLength: 2 }), fc.boolean())
  .map(([top, sections, included, includes]) => ({
    main: [
      ...top,
      ...(includes ? ['Include INCLUDED'] : []),
      ...sections.flatMap(([head, body]) => [head, ...body.map(line => `  ${line}`)]),
    ].join('\n'),
    included: included.flatMap(([head, body]) => [head, ...body]).join('\n'),
  }))
const words = fc.constantFrom(
  [],
  ['-l', 'joe'],
  ['-o', 'User=joe', '-o', 'Port=2200'],
  ['-o', 'ProxyCommand=ssh -W %h:%p -i /k.pem ubuntu@203.0.113.5'],
  ['-J', 'ec2-user@bastion.example.net'],
  ['-oProxyJump=admin@203.0.113.7', '-i', '/etc/passwd'],
  ['-C', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
)

describe('what ssh would do', function () {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-ssh-g-'))
    mkdirSync(join(folder, 'included'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const written = ({ main, included }: { readonly main: string; readonly included: string }): string => {
    const file = join(folder, 'config')
    writeFileSync(file, `${main.replace('INCLUDED', join(folder, 'included', '*.conf'))}\n`)
    writeFileSync(join(folder, 'included', 'one.conf'), `${included}\n`)
    return file
  }
  // In one shell: starting processes of ours takes longer than ssh does.
  const saidBySsh = (file: string, own: readonly string[]) => {
    const quoted = ['-G', '-T', '-F', file, ...own]
      .map(word => `'${word.replaceAll("'", `'\\''`)}'`)
      .join(' ')
    const said = execFileSync('sh', ['-s'], {
      input: hosts.map(host => `ssh ${quoted} -- ${host} 2>/dev/null </dev/null; echo ====\n`).join(''),
      encoding: 'utf8',
    }).split('====\n')
    return hosts.map((_, index) => settingsOf(said[index] ?? ''))
  }
  const nobody: AskSsh = () => Promise.resolve({ said: 'nothing' })

  it('leaves no Match exec behind, and waits for none, when the run ends', async () => {
    const [file, pid] = [join(folder, 'slow'), join(folder, 'pid')]
    writeFileSync(file, `Match exec "echo $$ > ${pid}; sleep 70; true"\n  User joe\n`)
    const closing = new AbortController()
    const asked = askSsh('ssh', closing.signal)({ host: 'node-1', words: ['-F', file] })
    while (!existsSync(pid) || readFileSync(pid, 'utf8') === '') await pause(20)
    closing.abort()
    expect((await asked).said).to.equal('refusal')
    // Ends with the test's own limit when the process stays.
    while (existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}`)) await pause(20)
  })

  it('keeps the names of known_hosts files with spaces whole, with and without ssh', async () => {
    const file = join(folder, 'spaces')
    writeFileSync(
      file,
      'UserKnownHostsFile "/my keys/known hosts" /etc/second\nGlobalKnownHostsFile "/a b" /c\n',
    )
    const question = { host: 'node-1', words: [] }
    for (const ask of [askSsh(), nobody]) {
      const found = (await findSettings([question], { configFile: file, home: homedir(), ask })).get(question)
      expect(found && 'settings' in found ? found.settings : found).to.deep.include({
        userKnownHosts: ['/my keys/known hosts', '/etc/second'],
        globalKnownHosts: ['/a b', '/c'],
      })
    }
  })

  it('is what ssh -G says for each host, though few are asked about, and the same where there is no ssh to ask', async function () {
    this.timeout(600_000)
    const home = userInfo().homedir
    await fc.assert(
      fc.asyncProperty(config, words, async (made, own) => {
        const file = written(made)
        const questions = hosts.map(host => ({ host, words: own }))
        const found = await findSettings(questions, { configFile: file, home: homedir(), ask: askSsh() })
        const offline = await findSettings(questions, { configFile: file, home, ask: nobody })
        for (const [index, theirs] of saidBySsh(file, own).entries()) {
          const question = questions[index]
          if (!question) throw new Error('no such question')
          expect(found.get(question), question.host).to.deep.equal({ settings: theirs })
          const ours = offline.get(question)
          expect(
            ours && 'settings' in ours && usual(ours.settings),
            `without ssh: ${question.host}`,
          ).to.deep.equal(theirs && usual(theirs))
        }
      }),
      {
        numRuns: 150,
        examples: [[{ main: 'Host *\n  ProxyJump none\n  ProxyCommand nc %h %p', included: '' }, []]],
      },
    )
  })
})

// The usual files are not the same in every version of ssh.
const usual = <T extends { readonly identityFiles: readonly string[] }>(settings: T): T =>
  settings.identityFiles.includes('~/.ssh/id_rsa') && settings.identityFiles.includes('~/.ssh/id_ecdsa')
    ? { ...settings, identityFiles: ['usual'] }
    : settings

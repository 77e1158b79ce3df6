import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { settingsOf } from '../../../src/transport/settings/answer.ts'
import { findSettings } from '../../../src/transport/settings/finder.ts'
import { askSsh, type AskSsh, type Question } from '../../../src/transport/settings/ssh-g.ts'

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
  const saidBySsh = (file: string, { words: own, host }: Question) =>
    settingsOf(
      execFileSync('ssh', ['-G', '-T', '-F', file, ...own, '--', host], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )

  it('is what ssh -G says for each host, though few are asked about', async () => {
    await fc.assert(
      fc.asyncProperty(config, words, async (made, own) => {
        const file = written(made)
        const questions = hosts.map(host => ({ host, words: own }))
        const found = await findSettings(questions, { configFile: file, home: homedir(), ask: askSsh() })
        for (const question of questions)
          expect(found.get(question), question.host).to.deep.equal({ settings: saidBySsh(file, question) })
      }),
      { numRuns: 150 },
    )
  })

  it('is the same where there is no ssh to ask', async () => {
    const nobody: AskSsh = () => Promise.resolve({ said: 'nothing' })
    const home = userInfo().homedir
    await fc.assert(
      fc.asyncProperty(config, words, async (made, own) => {
        const file = written(made)
        for (const host of hosts) {
          const question = { host, words: own }
          const found = await findSettings([question], { configFile: file, home, ask: nobody })
          const [ours, theirs] = [found.get(question), saidBySsh(file, question)]
          expect(ours && 'settings' in ours && usual(ours.settings), host).to.deep.equal(
            theirs && usual(theirs),
          )
        }
      }),
      { numRuns: 60 },
    )
  })
})

// The usual files are not the same in every version of ssh.
const usual = <T extends { readonly identityFiles: readonly string[] }>(settings: T): T =>
  settings.identityFiles.includes('~/.ssh/id_rsa') && settings.identityFiles.includes('~/.ssh/id_ecdsa')
    ? { ...settings, identityFiles: ['usual'] }
    : settings

import { expect } from 'chai'
import { missingRows } from '../../src/report/missing.ts'
import { hostKeyRows, hostKeyWords } from '../../src/report/host-keys.ts'
import { report } from '../../src/report/report.ts'
import { terminal } from '../../src/report/terminal.ts'
import { auditOf, missing, node } from './audits.ts'

const key = 'ssh-ed25519 key SHA256:abc'
const textOf = (audit: ReturnType<typeof auditOf>, path: string): string => {
  const file = [...report(audit, { formats: ['html', 'markdown'] })].find(one => one.path === path)
  return file === undefined
    ? ''
    : [...(typeof file.content === 'string' ? [file.content] : file.content)].join('')
}

describe('how the nodes were reached, in the reports', () => {
  it('a dead jump host is one line, with how many nodes it hides', () => {
    const names = Array.from({ length: 40 }, (_, at) => `web-${at}`)
    const what = 'jump host bastion: no TCP connection to 192.0.2.1:22 after 10 s'
    const audit = auditOf(
      [],
      names.map(name => ({
        ...missing(name),
        error: { code: 'jump-failed', stage: 'connect', sentence: `node ${name}: ${what}` },
      })),
    )
    const rows = missingRows(audit)
    expect(rows.map(({ sentence, nodes }) => [sentence, nodes.length])).to.deep.equal([
      [`${what}; 40 nodes are behind it`, 40],
    ])
  })

  const learnt = {
    state: 'learnt',
    host: '[10.0.0.7]:2222',
    key,
    file: '/home/ada/.ssh/known_hosts',
  } as const
  const unverified = { state: 'unverified', host: '10.0.0.8', key } as const

  it('a learnt host key is listed with where it is kept, and is a note', () => {
    const audit = auditOf([], [node('n', [], { hostKeys: [learnt] })])
    expect(hostKeyWords(audit).map(({ isBad }) => isBad)).to.deep.equal([false])
    const page = textOf(audit, 'index.html')
    for (const text of [learnt.host, key, learnt.file, '1 host key was new']) expect(page).to.include(text)
    expect(page).not.to.include('class="alarm"')
    expect(terminal(audit, { columns: 80, color: false })).to.match(/note +1 host key was new/)
  })

  it('one that nobody verified is red on the page and on the terminal, and stands first', () => {
    const audit = auditOf(
      [],
      [node('a', [], { hostKeys: [learnt] }), node('b', [], { hostKeys: [unverified] })],
    )
    expect(hostKeyRows(audit).map(({ node: name }) => name)).to.deep.equal(['b', 'a'])
    const page = textOf(audit, 'index.html')
    expect(page).to.match(/<p class="alarm"><strong>Not verified:<\/strong> 1 host key was not verified/)
    expect(textOf(audit, 'summary.md')).to.match(/\* \*\*insecure\*\* 1 host key was not verified/)
    const [before, red] = ['\u001b[31m', 'INSECURE']
    expect(terminal(audit, { columns: 80, color: true })).to.include(`${before}${red}`)
  })
})

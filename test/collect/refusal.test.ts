import { expect } from 'chai'
import { refusalOf } from '../../src/collect/become/refusal.ts'

describe('what is said when root is refused', () => {
  for (const [said, code, quoted] of [
    ['sudo: interactive authentication is required', 'become-password', undefined],
    ['sh: line 1: sudo: command not found', 'become-missing', undefined],
    ['sh: sudo: not found', 'become-missing', undefined],
    ['bash: /opt/sudo: No such file or directory', 'become-missing', undefined],
    ['doas: doas is not enabled, /etc/doas.conf: No such file or directory', 'become-refused', undefined],
    [
      'sudo: sorry, you must have a tty to run sudo (and there is no script to give it one)',
      'become-refused',
      undefined,
    ],
    [
      'We trust you have received the usual lecture from the local System\nAdministrator.\n\n[sudo] password for ada: \nSorry, try again.\nsudo: no password was provided',
      'become-password',
      'Sorry, try again.',
    ],
    [
      'sudo: /etc/sudo.conf is owned by uid 1000\u001b[2J',
      'become-refused',
      'sudo: /etc/sudo.conf is owned by uid 1000\\u{1b}[2J',
    ],
    ['', 'become-refused', ''],
    ['x'.repeat(900), 'become-refused', 'x'.repeat(160)],
  ] as const)
    it(`is ${code}: ${JSON.stringify(said.slice(0, 60))}`, () => {
      const { code: found, sentence } = refusalOf(said, { method: 'sudo' })
      expect(found).to.equal(code)
      expect(/: '(.*)'$/.exec(sentence)?.[1] ?? '').to.equal(quoted ?? said)
    })
})

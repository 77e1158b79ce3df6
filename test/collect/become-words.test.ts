import { expect } from 'chai'
import { becomeWords } from '../../src/collect/become/words.ts'
import type { Becoming } from '../../src/model/node.ts'
import { Secret } from '../../src/model/secret.ts'

const password = new Secret('x')

describe('the words that become root', () => {
  for (const [root, words] of [
    [{ method: 'sudo' }, 'sudo -n'],
    [{ method: 'sudo', password }, "sudo -k -S -p ''"],
    [{ method: 'sudo', user: 'postgres' }, 'sudo -n -u postgres'],
    [{ method: 'sudo', flags: ['-H', '-S', '-n'] }, 'sudo -H -n'],
    [
      { method: 'sudo', flags: ['-HSn', '-p', 'Password: ', '--stdin', '-E'], password },
      "sudo -H -E -k -S -p ''",
    ],
    [{ method: 'sudo', flags: ['-nHi'] }, 'sudo -Hi -n'],
    [{ method: 'sudo', flags: ['-nHi', '--login'], password }, "sudo -H -k -S -p ''"],
    [{ method: 'sudo', flags: ['-Hu', 'web', '-gwheel', '-bpx'] }, 'sudo -Hu web -gwheel -n'],
    [{ method: 'sudo', flags: ['--prompt', 'x', '--prompt=y', '--set-home'] }, 'sudo --set-home -n'],
    [{ method: 'sudo', exe: ['/opt/sudo', 'x y'] }, '/opt/sudo x y -n'],
    [{ method: 'su' }, 'su root'],
    [{ method: 'su', flags: ['-'], user: 'web', password }, 'su - web'],
    [{ method: 'su', exe: ['sudo', 'su', '-'] }, 'sudo su - root'],
    [{ method: 'doas' }, 'doas -n'],
    [{ method: 'doas', user: 'web', flags: ['-n'], password }, 'doas -u web'],
  ] as const satisfies readonly (readonly [Becoming, string])[])
    it(words, () => {
      expect(
        becomeWords(root)
          .map(word => (word === '' ? "''" : word))
          .join(' '),
      ).to.equal(words)
    })
})

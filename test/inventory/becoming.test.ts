import { expect } from 'chai'
import { inspect } from 'node:util'
import { explainHost, explanationText } from '../../src/inventory/show/explain.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { selectNodes } from '../../src/inventory/select.ts'

const fixture = 'test/fixtures/inventory/becoming.yaml'

describe('how root is become', () => {
  const inventory = loadInventory([fixture])
  const expected: Readonly<Record<string, unknown>> = {
    plain: undefined,
    method: { method: 'su' },
    'full-name': { method: 'su' },
    'other-user': { method: 'sudo', user: 'web' },
    'other-alias': { method: 'sudo', user: 'db' },
    'alias-of-another': { method: 'su' },
    'su-alias': { method: 'su', user: 'web' },
    flags: { method: 'sudo', flags: ['-H', '-S', '-n', '-E'] },
    login: { method: 'sudo', flags: ['-i'] },
    exe: { method: 'sudo', exe: ['/opt/bin/sudo'] },
    'sudo-su': { method: 'su', exe: ['sudo', 'su', '-'] },
    'su-dash': { method: 'su', flags: ['-'] },
    empty: undefined,
    password: { method: 'sudo', password: 's3cret word' },
    'old-password': { method: 'sudo', password: 'two' },
    number: { method: 'sudo', password: '420' },
    'long-text': { method: 'sudo', password: 'from a file' },
  }
  for (const { name, connection } of selectNodes(inventory))
    it(`is read: ${name}`, () => {
      const { becoming } = connection
      const shown = becoming?.password ? { ...becoming, password: becoming.password.reveal() } : becoming
      expect(shown).to.deep.equal(expected[name])
      expect(inspect(connection, { depth: 9 }) + JSON.stringify(connection)).to.not.match(/s3cret|two|from a/)
    })

  it('is explained without the passwords', () => {
    const of = (name: string): string => {
      const host = inventory.hosts.get(name)
      if (!host) throw new Error(`no host ${name}`)
      return explanationText(explainHost(inventory, host))
    }
    expect(of('old-password'))
      .to.include('ansible_sudo_pass = ***')
      .and.to.not.match(/"(?:one|two|three)"/)
    expect(of('password')).to.include('ansible_become_password = "{{ vault_sudo }}"')
    expect(of('su-alias')).to.match(/reached: .*, then web by su\n/)
  })

  it('is what the command line says where the inventory does not', () => {
    const nodes = selectNodes(inventory, { becomeBy: { method: 'doas', user: 'web' } })
    const of = (wanted: string) => nodes.find(({ name }) => name === wanted)?.connection.becoming
    expect(of('plain')).to.deep.equal({ method: 'doas', user: 'web' })
    expect(of('method')).to.deep.equal({ method: 'su', user: 'web' })
    expect(of('other-alias')).to.deep.equal({ method: 'doas', user: 'web' }) // sudo's own names are not doas's
  })
})

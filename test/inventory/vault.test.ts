import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadInventory } from '../../src/inventory/load.ts'
import { graphInventory } from '../../src/inventory/show/listing.ts'
import { selectNodes } from '../../src/inventory/select.ts'
import type { VaultOptions } from '../../src/inventory/variables/vault.ts'
import { needs } from '../tools.ts'
import { errorOf } from './error-of.ts'
import { layOut } from './written.ts'

describe('values encrypted by ansible-vault', function () {
  this.timeout(600_000)
  let base = ''
  let inline = ''
  before(function () {
    needs(this, 'ansible')
    base = mkdtempSync(join(tmpdir(), 'sefleet-vault-'))
    writeFileSync(join(base, 'password'), 'correct horse\n')
    writeFileSync(join(base, 'wrong'), 'battery\n')
    const args = ['encrypt_string', '--vault-password-file', join(base, 'password'), '--name', 'ansible_user']
    inline = execFileSync('ansible-vault', [...args, 'ops'], { encoding: 'utf8', stdio: 'pipe' })
    const files = {
      'inline/hosts.yaml': `all:\n  hosts: { db-1: , db-2: { ansible_user: root } }\n  vars:\n    ${inline.trim()}\n`,
      'whole/hosts.yaml': 'web: { hosts: { db-1: } }\ndb: { hosts: { db-2: } }\n',
      'whole/group_vars/web/vault.yml': 'ansible_user: secret-user\n',
      'used/hosts.yaml': `all: { hosts: { db-1: }, vars: { ansible_user: "{{ login }}" } }\n`,
      'used/group_vars/all.yml': inline.replace('ansible_user', 'login'),
    }
    layOut({ files }, base)
    const secret = join(base, 'whole/group_vars/web/vault.yml')
    execFileSync('ansible-vault', ['encrypt', '--vault-password-file', join(base, 'password'), secret], {
      stdio: 'pipe',
    })
  })
  after(() => rmSync(base, { recursive: true, force: true }))

  const users = (source: string, options: VaultOptions, limit?: string): readonly (string | undefined)[] =>
    selectNodes(
      loadInventory([source], { base, vault: { env: { PATH: process.env['PATH'] }, ...options } }),
      limit === undefined ? {} : { limit },
    ).map(({ connection }) => ('user' in connection ? connection.user : undefined))
  const key = (): VaultOptions => ({ passwordFiles: [join(base, 'password')] })

  it('are decrypted where they are needed, inline and as a whole file', () => {
    expect(users('inline/hosts.yaml', key())).to.deep.equal(['ops', 'root'])
    expect(users('whole/hosts.yaml', key())).to.deep.equal(['secret-user', undefined])
    expect(users('used/hosts.yaml', key())).to.deep.equal(['ops'])
  })

  it('take a password by label and from the environment too', () => {
    expect(users('inline/hosts.yaml', { ids: [`ops@${join(base, 'password')}`] })).to.deep.equal([
      'ops',
      'root',
    ])
    const env = { PATH: process.env['PATH'], ANSIBLE_VAULT_PASSWORD_FILE: join(base, 'password') }
    expect(users('inline/hosts.yaml', { env })).to.deep.equal(['ops', 'root'])
  })

  it('are refused by name without a password, and only for nodes that need them', () => {
    expect(errorOf(() => users('inline/hosts.yaml', {}))).to.equal(
      'vault-locked inline/hosts.yaml:4:26: ansible_user is encrypted by ansible-vault, and no password file is given',
    )
    expect(users('inline/hosts.yaml', {}, 'db-2')).to.deep.equal(['root'])
    expect(errorOf(() => users('whole/hosts.yaml', {}))).to.match(
      /^vault-locked whole\/group_vars\/web\/vault\.yml:1:1: this file is encrypted/,
    )
    expect(users('whole/hosts.yaml', {}, 'db')).to.deep.equal([undefined])
  })

  it('do not keep the tree of groups and hosts from being drawn', () => {
    const inventory = loadInventory([join(base, 'whole/hosts.yaml')])
    const web = inventory.groups.get('web')
    if (!web) throw new Error('no group web')
    expect(graphInventory(inventory, web)).to.equal('@web:\n  |--db-1\n')
  })

  it('are refused by name with a wrong password or without ansible-vault', () => {
    expect(errorOf(() => users('inline/hosts.yaml', { passwordFiles: [join(base, 'wrong')] }))).to.match(
      /^vault-locked inline\/hosts\.yaml:4:26: ansible_user is encrypted, and ansible-vault could not decrypt it: .*Decryption failed/,
    )
    expect(errorOf(() => users('inline/hosts.yaml', { ...key(), env: { PATH: base } }))).to.match(
      /is encrypted, and ansible-vault, which could decrypt it, is not on this machine/,
    )
  })
})

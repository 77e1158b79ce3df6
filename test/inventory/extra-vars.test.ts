import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadInventory } from '../../src/inventory/load.ts'
import { pythonJson } from '../../src/inventory/python/json.ts'
import { errorOf } from './error-of.ts'

describe('variables of the command line (-e)', () => {
  let base = ''
  const warnings: string[] = []
  before(() => {
    base = mkdtempSync(join(tmpdir(), 'sefleet-extra-'))
    writeFileSync(join(base, 'vars.yml'), 'ansible_user: from-file\nports: [22, 2222]\n')
  })
  after(() => rmSync(base, { recursive: true, force: true }))

  const given = (...extraVars: readonly string[]): string => {
    warnings.length = 0
    const { extra } = loadInventory(['db-1,'], { base, extraVars, warn: sentence => warnings.push(sentence) })
    return [...extra].map(([name, { value }]) => `${name}=${pythonJson(value)}`).join(' ')
  }

  for (const [text, wanted] of [
    ['ansible_user=ops', 'ansible_user="ops"'],
    ['a=1  b=yes', 'a="1" b="yes"'],
    ['a="x y" b=\'it is\' c=', 'a="x y" b="it is" c=""'],
    ['a={{ other }}.x b=2', 'a="{{ other }}.x" b="2"'],
    ['a=b=c', 'a="b=c"'],
    ['{"a": 1, "b": [true, 1.0]}', 'a=1 b=[true, 1.0]'],
    ['{a: yes, b: 0644}', 'a=true b=420'],
    ['@vars.yml', 'ansible_user="from-file" ports=[22, 2222]'],
  ] as const) {
    it(`are read: ${text}`, () => {
      expect(given(text)).to.equal(wanted)
    })
  }

  it('are refused at once however many templates come before what is unclear', () => {
    expect(errorOf(() => given(`a=${'{{ x }}'.repeat(200)}"`))).to.match(/^usage -e /)
  })

  it('of several the last wins', () => {
    expect(given('@vars.yml', 'ansible_user=last')).to.equal('ansible_user="last" ports=[22, 2222]')
  })

  // Ansible decodes some of these as Python would; as YAML there is no doubt.
  for (const text of [
    'x',
    '=x',
    'a=1 b',
    String.raw`a=C:\new`,
    'a="x\\ty"',
    "a=it's",
    'a=b"c',
    'a="b',
    '[1, 2]',
    '/vars.yml',
  ]) {
    it(`are refused where they are unclear: ${text}`, () => {
      expect(errorOf(() => given(text))).to.match(/^usage -e /)
    })
  }

  it('are told where they look misspelt, as are those of files beside the inventory', () => {
    given('ansible_usr=root', '{"ansible_users": ["a"], "ansible_hots": "x"}')
    expect(warnings).to.deep.equal([
      "-e ansible_usr=root:1:1: unknown variable 'ansible_usr' (did you mean 'ansible_user'?)",
      `-e {"ansible_users": ["a"], "ansible_hots": "x"}:1:42: unknown variable 'ansible_hots' (did you mean 'ansible_host'?)`,
    ])
  })
})

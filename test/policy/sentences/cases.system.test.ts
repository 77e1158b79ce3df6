import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { readPolicyFile } from '../../../src/cli/policy/policy-file.ts'
import { comparePolicies } from '../../../src/policy/diff/difference.ts'
import { differenceLines } from '../../../src/policy/diff/lines.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { needs } from '../../tools.ts'

interface Case {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly lines: readonly string[]
}

// a fixture of ours, in this shape
const cases = parse(readFileSync('test/policy/sentences/cases.yaml', 'utf8')) as readonly Case[]

describe('a sentence of a difference', function () {
  this.timeout(600_000)
  let folder = ''
  before(function () {
    needs(this, 'secilc')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
  })
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true })
  })

  const compiled = (name: string, more: string): Policy => {
    const [cil, binary] = [join(folder, `${name}.cil`), join(folder, `${name}.33`)]
    writeFileSync(cil, `(type var_lib_t)\n${more}\n`)
    execFileSync('secilc', ['-M', 'true', '-c', '33', '-o', binary, '-f', '/dev/null', base, cil])
    return readPolicyFile(binary)
  }
  const base = 'test/fixtures/policies/base.cil'

  for (const { name, before, after, lines } of cases)
    it(name, () => {
      const [left, right] = [compiled('before', before), compiled('after', after)]
      expect(differenceLines(comparePolicies(left, right).difference())).to.deep.equal(lines)
    })
})

describe('what a policy never audits', () => {
  it('is a difference', () => {
    const policy = readPolicyFile('test/fixtures/policies/before.33')
    const value = policy.types.byName.get('container_t')?.value ?? 0
    const silent = { ...policy, neverAudited: Uint16Array.of(value) }
    expect(differenceLines(comparePolicies(policy, silent).difference())).to.deep.equal([
      'container_t is never audited now: its denials are not logged',
    ])
    expect(differenceLines(comparePolicies(silent, policy).difference())).to.deep.equal([
      'container_t is audited again: its denials are logged',
    ])
  })
})

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { readPolicyFile } from '../../../src/cli/policy/policy-file.ts'
import { comparePolicies } from '../../../src/policy/diff/difference.ts'
import { differenceLines } from '../../../src/policy/diff/lines.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { needs } from '../../tools.ts'
import { fullPolicy } from '../files.ts'
import { untrueOf } from './claims.ts'
import { meaningOf, startOracle, type Facts } from './facts.ts'
import { searchedFacts } from './own-search.ts'
import { withEdits } from './random-edits.ts'
import { cilOf, edited, firstPolicy, randomFrom, type Random, type Written } from './random-policy.ts'

const base = 'test/fixtures/policies/base.cil'
const pairs = 200
const perPair = 20

/** The policy compiled; undefined where the compiler refuses it, as two rules say otherwise of the same. */
const compiled = async (folder: string, name: string, written: Written): Promise<string | undefined> => {
  const [cil, binary] = [join(folder, `${name}.cil`), join(folder, `${name}.33`)]
  writeFileSync(cil, cilOf(written))
  try {
    await promisify(execFile)('secilc', [
      '-M',
      'true',
      '-c',
      '33',
      '-o',
      binary,
      '-f',
      '/dev/null',
      base,
      cil,
    ])
    return binary
  } catch {
    return undefined
  }
}

const some = (random: Random, lines: readonly string[]): readonly string[] =>
  lines
    .map(line => ({ line, order: random(1_000_000) }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, perPair)
    .map(({ line }) => line)

// What domains may do, by meaning: equal where no sentence is due.
const meant = ({ effective }: Facts): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(effective).flatMap(([key, given]) =>
      Object.entries(given)
        .map(([permission, ways]) => [`${key} ${permission}`, meaningOf(ways)] as const)
        .filter(([, how]) => how !== 'never'),
    ),
  )

describe('sentences of a difference, beside setools', function () {
  this.timeout(600_000)
  before(function () {
    needs(this, 'secilc', 'sesearch')
  })

  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007)
  it(`are true on both sides, and none is missing (seed ${seed})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    const oracle = startOracle()
    try {
      const random = randomFrom(seed)
      let written = firstPolicy(random)
      let last: { readonly path: string; readonly facts: Facts } | undefined
      let told = 0
      const forms = new Set<string>()
      for (let done = 0, tries = 0; done < pairs; tries += 1) {
        const next: Written =
          last === undefined || tries % 25 === 0 ? firstPolicy(random) : edited(written, random)
        const path = await compiled(folder, `p${tries}`, next)
        if (path === undefined) continue
        written = next
        const now = { path, facts: await oracle.factsOf(path) }
        if (last !== undefined && tries % 25 !== 0) {
          const lines = linesBetween(last.path, now.path)
          expect(lines, 'no sentence twice').to.deep.equal([...new Set(lines)])
          for (const line of some(random, lines)) {
            expect(untrueOf(line, last.facts, now.facts), `${last.path} ${now.path}: ${line}`).to.equal(
              undefined,
            )
            expect(line).to.not.contain(';;')
            forms.add(line.replace(/ .*/, '').replace(/^\w+_t,?$/, 'type'))
            told += 1
          }
          if (lines.length === 0)
            expect(new Set(meant(now.facts)), now.path).to.deep.equal(new Set(meant(last.facts)))
          done += 1
        }
        last = now
      }
      expect(told).to.be.greaterThan(pairs)
      expect([...forms]).to.include.members(['added:', 'removed:', 'allow', 'type', 'what', 'boolean'])
    } finally {
      oracle.stop()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('sentences of a difference, on a whole distribution', function () {
  this.timeout(600_000)
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007)
  it(`are true on both sides of 30 edits (seed ${seed})`, function () {
    const policy = readPolicyFile(fullPolicy(this))
    const random = randomFrom(seed)
    const before = searchedFacts(policy)
    for (let left = 4; left > 0; left -= 1) {
      const other = withEdits(policy, random, 30)
      const after = searchedFacts(other)
      const lines = sentences(policy, other)
      expect(lines.length).to.be.greaterThan(8)
      for (const line of some(random, lines)) expect(untrueOf(line, before, after), line).to.equal(undefined)
    }
  })
})

const sentences = (left: Policy, right: Policy): readonly string[] =>
  differenceLines(comparePolicies(left, right).difference()).filter(
    line =>
      !/ rules? between two types changed: only what is logged|^and [\d,]+ more lines? like this/.test(line),
  )

const linesBetween = (left: string, right: string): readonly string[] =>
  sentences(readPolicyFile(left), readPolicyFile(right))

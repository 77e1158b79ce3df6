import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { kinds } from '../../src/checks/kinds/index.ts'
import { loadKnowledge } from '../../src/checks/load.ts'
import { parseProfile } from '../../src/checks/profile.ts'
import { judgeCheck } from '../../src/evaluate/judge-check.ts'
import type { ProbeName, ReadAsk } from '../../src/model/ask.ts'
import type { Check } from '../../src/model/check.ts'
import { parseContext } from '../../src/model/context.ts'
import type { ProcessTable } from '../../src/model/facts.ts'
import type { Outcome, Status } from '../../src/model/outcome.ts'
import { read, unreadable, type Reading } from '../../src/model/reading.ts'

interface Case {
  readonly check: Readonly<Record<string, unknown>>
  readonly given: Readonly<Partial<Record<ProbeName, unknown>>>
  readonly is: Status | readonly Status[]
  readonly says?: string
}

const folder = 'test/fixtures/kinds'
const cases = readdirSync(folder).flatMap(file => {
  const all = parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as readonly Case[] // our own fixtures
  return all.map((one, index) => ({ ...one, file, number: index + 1 }))
})
const knowledge = loadKnowledge()

const toCheck = (one: Case): Check => {
  const text = JSON.stringify({ profile: 'test', checks: [{ id: 'test', severity: 'high', ...one.check }] })
  const [check] = parseProfile(text, 'test.yaml', knowledge).checks
  if (!check) throw new Error('no check')
  return check
}

type Given = ReadonlyMap<string, Reading<unknown>>

const readingsOf = (one: Case): Given =>
  new Map(Object.entries(one.given).map(([probe, value]) => [probe, toReading(probe, value)]))

const toReading = (probe: string, given: unknown): Reading<unknown> => {
  const state = given as { unreadable?: string; partial?: string; value?: unknown } // our own fixtures
  if (state.unreadable !== undefined) return unreadable('failed', state.unreadable)
  if (state.partial !== undefined) return partial(completed(probe, state.value), state.partial)
  return read(completed(probe, given), 'a fixture')
}

const partial = (value: unknown, why: string): Reading<unknown> =>
  read(value, 'a fixture', { complete: false, why })

// What the parser adds to a process: its label in parts.
const completed = (probe: string, value: unknown): unknown => {
  if (probe !== 'processes') return value
  const table = value as ProcessTable
  const processes = table.processes.map(({ pod, ...rest }) => {
    const context = parseContext(rest.label)
    return { ...rest, ...(context ? { context } : {}), ...(typeof pod === 'boolean' ? { pod } : {}) }
  })
  return { ...table, processes }
}

const judged = (check: Check, given: Given): Outcome => {
  const readAsk = (({ probe }) => given.get(probe) ?? unreadable('not-asked', 'not given')) as ReadAsk // by probe, whatever its parameters
  return judgeCheck(check, readAsk, knowledge, [check])
}

const isGreen = (status: Status): boolean => status === 'pass' || status === 'not-applicable'

describe('a kind of check', () => {
  for (const one of cases) {
    const wanted = [one.is].flat()
    it(`is ${wanted.join(' or ')}: ${JSON.stringify(one.check)} (${one.file} ${one.number})`, () => {
      const outcome = judged(toCheck(one), readingsOf(one))
      const words = [outcome.reason, ...(outcome.findings ?? []).map(({ message }) => message)].join('\n')
      expect(outcome.status, words).to.be.oneOf(wanted)
      expect(words).to.match(new RegExp(one.says ?? ''))
    })

    it(`is not greener when less can be seen: ${JSON.stringify(one.check)} (${one.file} ${one.number})`, () => {
      const check = toCheck(one)
      const given = readingsOf(one)
      const { status } = judged(check, given)
      for (const [probe, reading] of given) {
        const damages =
          reading.state === 'unreadable'
            ? []
            : [unreadable('timeout', 'damaged'), partial(reading.value, 'damaged')]
        for (const damage of damages) {
          const after = judged(check, new Map([...given, [probe, damage]])).status
          if (isGreen(after)) expect(after, `without ${probe}`).to.equal(status)
        }
      }
    })
  }

  it('has cases of passing, failing and not knowing, for every kind', () => {
    for (const kind of kinds.keys()) {
      const seen = cases.filter(({ check }) => kind in check).flatMap(one => one.is)
      expect(seen, kind).to.include('pass').and.to.include('fail').and.to.include('unknown')
    }
  })
})

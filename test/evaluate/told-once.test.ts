import { expect } from 'chai'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import { judgeCheck } from '../../src/evaluate/judge-check.ts'
import type { Ask, ReadAsk } from '../../src/model/ask.ts'
import type { Check } from '../../src/model/check.ts'
import { denialKey, type Denial, type Signature } from '../../src/model/denial.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import { read, unreadable, type Reading } from '../../src/model/reading.ts'

/*
 * A denial is told by exactly one check among those that are asked, whichever profiles these are of: none would be a false green,
 * and two are one trouble counted twice.
 */
const knowledge = loadKnowledge()
const of = (...names: readonly string[]): readonly Check[] =>
  loadProfiles(names, knowledge).flatMap(({ checks }) => checks)
const both = of('selinux-baseline', 'longhorn-selinux')
const baseline = of('selinux-baseline')
const longhorn = of('longhorn-selinux')

const denial = (more: Partial<Denial>): Denial => ({
  source: 'my_app_t',
  target: 'user_home_t',
  class: 'file',
  permissions: ['read'],
  count: 1,
  firstSeen: 1000,
  lastSeen: 1000,
  commands: ['app'],
  paths: [],
  enforced: true,
  sample: 'avc: denied',
  ...more,
})

// A group and a beginning stand for one of theirs.
const oneOf = (names: readonly string[], source?: string): string => {
  const [name = ''] = names
  if (name === 'self') return source ?? ''
  return name.startsWith('@') ? 'container_t' : name.replace('*', 'x')
}

const likeSignature = (one: Signature): Denial => {
  const source = oneOf(one.source)
  return denial({
    source,
    target: oneOf(one.target, source),
    class: oneOf(one.class),
    permissions: [...(one.permissions ?? one.onlyPermissions ?? ['read'])],
    commands: [...(one.commands ?? [])],
    paths: (one.paths ?? []).map(path => path.replace('*', '')),
    devices: [...(one.devices ?? [])],
    ...(one.categories ? { categoriesDiffer: true } : {}),
    ...(one.categories === 'many' ? { readsMany: true } : {}),
  })
}

const denials: readonly Denial[] = [
  ...knowledge.signatures.map(likeSignature),
  denial({}),
  denial({ source: 'container_t' }),
  denial({ target: 'container_var_lib_t' }),
  denial({ source: 'iscsid_t', class: 'key' }),
  denial({ source: 'init_t', permissions: ['execute'], commands: ['(ntainerd)'], names: ['containerd'] }),
  denial({ source: 'init_t', target: 'usr_t', permissions: ['execute'], commands: ['(agent)'] }),
  denial({ source: 'container_runtime_t', target: 'etc_t', class: 'dir', permissions: ['mounton'] }),
  denial({
    source: 'container_t',
    interactive: true,
    target: 'spc_t',
    class: 'unix_stream_socket',
    permissions: ['connectto'],
  }),
]

type Readings = Readonly<Record<string, Reading<unknown>>>
const manager = {
  pid: 1,
  parent: 0,
  user: 'root',
  label: 'system_u:system_r:spc_t:s0',
  pod: true,
  argv: 'longhorn-manager -d daemon --engine-image longhornio/longhorn-engine:v1.5.0',
}
const processes = (...found: readonly unknown[]) => ({
  processes: read({ at: 2000, others: [], processes: found }, 'it'),
})
const nodes: Readonly<Record<string, Readings>> = {
  'where Longhorn lives': processes(manager),
  'where it does not': processes(),
}

const readerOf = (one: Denial, given: Readings): ReadAsk => {
  const log = { denials: [one], source: 'ausearch' }
  const all: Readings = {
    selinux: read({ running: 'enforcing', configured: 'enforcing', commandLine: [] }, 'it'),
    denials: read(log, 'it'),
    files: read([], 'it'),
    ...given,
  }
  return (({ probe }: Ask) => all[probe] ?? unreadable('not-asked', 'not given')) as ReadAsk // by probe alone
}

const judgedBy = (checks: readonly Check[], one: Denial, given: Readings): readonly Outcome[] => {
  const readAsk = readerOf(one, given)
  return checks
    .filter(({ requirement }) => 'kind' in requirement && requirement.kind === 'denials')
    .map(check => judgeCheck(check, readAsk, knowledge, checks))
}

const rule = (one: Denial): string => denialKey(one).replace(/^\S+ /, '')
const tellers = (outcomes: readonly Outcome[], one: Denial): readonly string[] =>
  outcomes
    .filter(({ findings = [] }) => findings.some(({ key }) => key.endsWith(rule(one))))
    .map(({ check }) => check)

describe('a denial', () => {
  for (const [where, given] of Object.entries(nodes)) {
    for (const [profiles, checks] of [
      ['the baseline alone', baseline],
      ['both profiles', both],
    ] as const)
      it(`is told by exactly one check of ${profiles}, ${where}`, () => {
        const wrong = denials.flatMap(one => {
          const told = tellers(judgedBy(checks, one, given), one)
          return told.length === 1 ? [] : [`${rule(one)}: ${told.join(', ') || 'nobody'}`]
        })
        expect(wrong).to.deep.equal([])
      })

    it(`is told no more than once by Longhorn’s profile alone, ${where}`, () => {
      const wrong = denials.filter(one => tellers(judgedBy(longhorn, one, given), one).length > 1)
      expect(wrong.map(rule)).to.deep.equal([])
    })
  }

  it('is never passed over where it cannot be told whether Longhorn lives there', () => {
    for (const checks of [baseline, both])
      for (const one of denials) {
        const outcomes = judgedBy(checks, one, { processes: unreadable('not-root', 'hidden') })
        const loud = outcomes.filter(({ status }) => status === 'fail' || status === 'unknown')
        expect(loud, rule(one)).to.not.have.length(0)
      }
  })

  it('that breaks storage weighs as much whoever tells it', () => {
    const one = denial({
      source: 'container_t',
      target: 'spc_t',
      class: 'unix_stream_socket',
      permissions: ['connectto'],
    })
    const severities = [baseline, both, longhorn].map(checks =>
      judgedBy(checks, one, processes(manager))
        .filter(({ status }) => status === 'fail')
        .map(({ severity }) => severity),
    )
    expect(severities).to.deep.equal([['critical'], ['critical'], ['critical']])
  })

  it('is left to no check of somebody’s own that weighs less', () => {
    const [, ...others] = baseline
    const light = longhorn
      .filter(({ id }) => id === 'known-denials')
      .map((check): Check => ({ ...check, severity: 'low' }))
    const one = denial({
      source: 'container_t',
      target: 'spc_t',
      class: 'unix_stream_socket',
      permissions: ['connectto'],
    })
    expect(tellers(judgedBy([...others, ...light], one, processes(manager)), one)).to.include(
      'known-refusals',
    )
  })
})

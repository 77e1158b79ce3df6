import { expect } from 'chai'
import { compareRuns } from '../../src/compare/compare.ts'
import { evaluate, plannedAsks } from '../../src/evaluate/evaluate.ts'
import { isPolicyAsk } from '../../src/probes/index.ts'
import type { Frame, NodeRecord } from '../../src/model/record.ts'
import { fleetPolicies } from '../../src/policy/fleet/fleet-policies.ts'
import { collectedLab, knowledge, profiles } from '../lab/fleet.ts'
import { runInfo } from '../lab/run-info.ts'

/** Seconds from one night to the next. */
const day = 86_400

/** Processes that live on are a day older by a clock that is a day further. */
const aged = (frame: Frame): Frame =>
  frame.ask === 'processes'
    ? {
        ...frame,
        stdout: frame.stdout
          .replaceAll(/^(\d+ \d+) (\d+) /gm, (_, ids: string, age: string) => `${ids} ${Number(age) + day} `)
          .replace(/^#at (\d+)$/m, (_, at: string) => `#at ${Number(at) + day}`),
      }
    : frame

/*
 * What differs from night to night although nothing happened: process ids, categories, ages, counts of denials, the order in
 * which nodes answer. And, beside it, that the same comparison sees what did happen.
 */
const compared = async (change: (frame: Frame) => Frame) => {
  const { records, names, policies } = await collectedLab()
  const judged = (all: readonly NodeRecord[], order: readonly string[]) =>
    evaluate(all, {
      run: runInfo([...order]),
      profiles,
      knowledge,
      policies,
      gate: 'high',
      allowMissing: { nodes: 0 },
    })
  const later = records.map(record => ({
    ...record,
    askedAt: record.askedAt + day * 1000,
    ...(record.clock && { clock: { ...record.clock, epoch: record.clock.epoch + day } }),
    frames: record.frames.map(aged).map(change),
  }))
  return compareRuns(
    { before: await judged(records, names), after: await judged(later.toReversed(), names) },
    fleetPolicies(policies, plannedAsks(profiles, knowledge).filter(isPolicyAsk), new Set()),
    knowledge,
  )
}

describe('two runs of an unchanged fleet', function () {
  this.timeout(600_000)

  let serial = 0
  const changedFrame = (frame: Frame, stdout: string): Frame =>
    stdout === frame.stdout ? frame : { ...frame, stdout, sha256: `changed-${(serial += 1)}` }

  const nights: Readonly<Record<string, (text: string) => string>> = {
    processes: text =>
      text
        .replaceAll(
          /^(\d+) (\d+) /gm,
          (_, pid: string, parent: string) => `${Number(pid) === 1 ? 1 : Number(pid) + 4000} ${parent} `,
        )
        .replaceAll(/:c(\d+),c(\d+)/g, ':c1,c1000'),
    denials: text =>
      text
        .split('\n')
        .flatMap(line =>
          line.includes('avc:  denied') ? [line, line.replace(/:(\d+)\):/, ':9999):')] : [line],
        )
        .join('\n'),
  }

  it('differ in nothing', async () => {
    let touched = 0
    const { changes, policies, suspects } = await compared(frame => {
      const other = changedFrame(frame, nights[frame.ask]?.(frame.stdout) ?? frame.stdout)
      if (other !== frame) touched += 1
      return other
    })
    expect(touched).to.be.at.least(15)
    expect(changes).to.deep.equal([])
    expect(policies).to.deep.equal([])
    expect(suspects).to.deep.equal([])
  })

  for (const [title, ask, change, expected] of [
    [
      'a boolean',
      'booleans',
      (text: string) => text.replace('virt_use_nfs:1 1', 'virt_use_nfs:0 0'),
      { type: 'boolean', name: 'virt_use_nfs', before: 'on', after: 'off' },
    ],
    [
      'the mode',
      'selinux',
      (text: string) =>
        text.replace('enforce=1', 'enforce=0').replace('getenforce=Enforcing', 'getenforce=Permissive'),
      { type: 'mode', name: 'running', before: 'enforcing', after: 'permissive' },
    ],
    [
      'a module',
      'modules',
      (text: string) => text.replace(/^\s*200 container .*$/m, '200 container      pp disabled'),
      { type: 'module', name: 'container', before: 'priority 200', after: 'priority 200, disabled' },
    ],
    [
      'the kernel',
      'os',
      (text: string) => text.replaceAll('6.6.2-201.fc39.x86_64', '6.6.9-200.fc39.x86_64'),
      { type: 'kernel', name: 'release', before: '6.6.2-201.fc39.x86_64', after: '6.6.9-200.fc39.x86_64' },
    ],
  ] as const)
    it(`differ in ${title}, if that changed`, async () => {
      const { changes } = await compared(frame =>
        frame.ask === ask ? changedFrame(frame, change(frame.stdout)) : frame,
      )
      const found = changes.find(one => one.subject.type === expected.type)
      expect(found).to.deep.include({
        subject: { type: expected.type, name: expected.name },
        change: 'changed',
        before: expected.before,
        after: expected.after,
      })
      expect(found?.nodes).to.include('cp-01')
    })

  it('lose what cannot be read any longer, and call it neither gone nor fixed', async () => {
    const { changes } = await compared(frame =>
      frame.ask === 'booleans' || frame.ask === 'modules'
        ? { ...changedFrame(frame, '\n#end 251\n'), exit: 251, stderr: 'missing' }
        : frame,
    )
    const facts = changes.filter(({ subject }) => subject.type !== 'check')
    expect(facts.map(({ subject, change }) => [subject.type, change])).to.have.deep.members([
      ['boolean', 'lost'],
      ['module', 'lost'],
    ])
    expect(changes.some(({ change }) => change === 'fixed')).to.equal(false)
    expect(changes.find(({ subject }) => subject.name === 'policy-modules')?.change).to.equal('lost')
  })
})

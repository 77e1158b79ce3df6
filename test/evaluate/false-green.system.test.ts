import { expect } from 'chai'
import * as fc from 'fast-check'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import type { Audit } from '../../src/model/audit.ts'
import type { FindPolicy } from '../../src/model/policy-keep.ts'
import type { Status } from '../../src/model/outcome.ts'
import type { Frame, NodeRecord } from '../../src/model/record.ts'
import { collectedLab, knowledge, profiles } from '../lab/fleet.ts'
import { runInfo } from '../lab/run-info.ts'

/*
 * The property every release stands on: an answer that is made unreadable, empty or cut may never move an outcome
 * towards green, and never make the exit 0.
 */
describe('an answer that is lost, empty or cut', function () {
  this.timeout(600_000)
  const originals = new Map<string, { readonly record: NodeRecord; readonly audit: Audit }>()
  let whole: FindPolicy
  before(async () => {
    const { records, policies } = await collectedLab()
    whole = policies
    for (const record of records)
      if (record.status === 'answered')
        originals.set(record.node, { record, audit: await judge(record, policies) })
  })

  const check = async (
    name: string,
    damage: (frames: readonly Frame[]) => readonly Frame[],
    policies = whole,
  ): Promise<void> => {
    const original = originals.get(name)
    if (!original) throw new Error(`no recording of ${name}`)
    const damaged: NodeRecord = { ...original.record, frames: [...damage(original.record.frames)] }
    const audit = await judge(damaged, policies)
    const before = original.audit.nodes[0]?.outcomes ?? []
    const greener = (audit.nodes[0]?.outcomes ?? []).filter(
      (outcome, index) => isGreen(outcome.status) && outcome.status !== before[index]?.status,
    )
    expect(greener, name).to.deep.equal([])
    if (original.audit.verdict.exit !== 0) expect(audit.verdict.exit, name).to.not.equal(0)
  }

  it('never turns green, one answer at a time, every way, on every recorded node', async () => {
    expect(originals.size).to.be.at.least(10)
    for (const [name, { record }] of originals)
      for (const [index] of record.frames.entries())
        for (const way of ways)
          await check(name, frames => frames.flatMap((frame, at) => (at === index ? way(frame) : [frame])))
  })

  it('never turns green, nor does a policy that is lost, or damaged where nobody noticed', async () => {
    const damages: readonly ((policy: Buffer, where: number) => Buffer | undefined)[] = [
      () => undefined,
      () => Buffer.alloc(0),
      (policy, where) => policy.subarray(0, where % policy.length),
      (policy, where) => Buffer.concat([policy, policy.subarray(0, 1 + (where % 100))]),
      policy => Buffer.from(policy.map((byte, at) => (at === 16 ? 99 : byte))),
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals.keys()),
        fc.constantFrom(...damages),
        fc.nat(),
        async (name, damage, where) => {
          const find: FindPolicy = async sha256 => {
            const policy = await whole(sha256)
            return policy && damage(policy, where)
          }
          await check(name, frames => frames, find)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('never turns green, any two answers cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals.keys()),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom<Frame['cut']>('bytes', 'time', undefined)), {
          minLength: 1,
          maxLength: 2,
        }),
        async (name, damages) => {
          await check(name, frames =>
            frames.map((frame, at) => {
              const damage = damages.find(([which]) => which % frames.length === at)
              return damage ? cutAt(frame, damage[1], damage[2]) : frame
            }),
          )
        },
      ),
      { numRuns: 1500 },
    )
  })
})

const judge = async (record: NodeRecord, policies: FindPolicy): Promise<Audit> => {
  const { audit } = await evaluate([record], {
    run: runInfo([record.node]),
    profiles,
    knowledge,
    policies,
    gate: 'high',
    allowMissing: { nodes: 0 },
  })
  return audit
}

const isGreen = (status: Status): boolean => status === 'pass' || status === 'not-applicable'

let serial = 0
// Every damaged frame is its own answer: the memo goes by sha256.
const changed = (frame: Frame, change: Partial<Frame>): Frame => ({
  ...frame,
  ...change,
  sha256: `damaged-${(serial += 1)}`,
})
const without = (frame: Frame, change: Partial<Frame>): Frame => {
  const { exit: _gone, ...rest } = changed(frame, change)
  return rest
}

const cutAt = (frame: Frame, where: number, cut: Frame['cut']): Frame => {
  const stdout = frame.stdout.slice(0, where % (frame.stdout.length + 1))
  // A cut that nobody noticed is no cut when the whole answer is there.
  if (cut === undefined) return changed(frame, { stdout })
  return changed(frame, { stdout, cut })
}

/** Ways to lose an answer: not reached, tool missing, not root, timed out, failed, empty, cut in its middle. */
const ways: readonly ((frame: Frame) => readonly Frame[])[] = [
  () => [],
  ...[251, 252, 124, 137, 1, 3, 126, 127].map(exit => (frame: Frame) => [
    changed(frame, { exit, stdout: `\n#end ${exit}\n`, stderr: 'missing' }),
  ]),
  frame => [changed(frame, { stdout: '' })],
  frame => [changed(frame, { stdout: '\n#end 0\n' })],
  frame => [changed(frame, { stdout: '', cut: 'bytes' })],
  frame => [without(frame, { stdout: '', cut: 'time' })],
  frame => [without(frame, { stdout: frame.stdout.slice(0, frame.stdout.length / 2), cut: 'time' })],
  frame => [changed(frame, { stdout: frame.stdout.slice(0, frame.stdout.length / 2), cut: 'bytes' })],
  frame => [changed(frame, { stdout: frame.stdout.slice(0, frame.stdout.length / 3) })],
  frame => [changed(frame, { stdout: 'Segmentation fault\n\n#end 0\n' })],
  frame => [changed(frame, { stdout: '\u0000\u0001\u0002 garbage \n more\n\n#end 0\n' })],
]

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import type { MadeRoot } from '../../src/lab/root.ts'
import { linkTools } from '../../src/lab/tools.ts'
import type { Audit } from '../../src/model/audit.ts'
import type { FindPolicy } from '../../src/model/policy-keep.ts'
import type { Outcome, Status } from '../../src/model/outcome.ts'
import type { Frame, NodeRecord } from '../../src/model/record.ts'
import { caseNode, patchCase } from '../field/nodes.ts'
import { collectedLab, knowledge, profiles } from '../lab/fleet.ts'
import { askLocally } from '../lab/local.ts'
import { runInfo } from '../lab/run-info.ts'

/*
 * The property every release stands on: an answer that is made unreadable, empty or cut may never move an outcome
 * towards green, and never make the exit 0.
 */
describe('an answer that is lost, empty or cut', function () {
  this.timeout(600_000)
  const originals = new Map<string, { readonly record: NodeRecord; readonly audit: Audit }>()
  // Those of the field beside the lab's own.
  const trouble: string[] = []
  let whole: FindPolicy
  before(async () => {
    const { records, policies } = await collectedLab()
    const field = await askedField()
    whole = async sha256 => field.policies.get(sha256) ?? policies(sha256)
    for (const record of [...records, ...field.records])
      if (record.status === 'answered')
        originals.set(record.node, { record, audit: await judge(record, whole) })
    trouble.push(...field.records.map(({ node }) => node))
  })

  it('is of nodes that are not green before', () => {
    for (const name of trouble.filter(node => node !== 'flatcar')) {
      const outcomes = originals.get(name)?.audit.nodes[0]?.outcomes ?? []
      const loud = outcomes.filter(({ status }) => status === 'fail' || status === 'unknown')
      expect(loud.length, name).to.be.above(0)
    }
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
    const after = audit.nodes[0]?.outcomes ?? []
    // A denial that is known, where nothing refutes it any longer, is that check's: which is worse than before, then.
    const isKnownNow =
      isGreen(statusIn(before, 'known-denials')) && !isGreen(statusIn(after, 'known-denials'))
    const greener = after.filter(
      (outcome, index) =>
        isGreen(outcome.status) &&
        outcome.status !== before[index]?.status &&
        !(outcome.check.endsWith('-denials') && isKnownNow),
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

/** What the lab has not: logs with losses, invalid contexts, paper against effect, policies of others, a stale snapshot. */
const fieldNodes = {
  'log-losses': ['ended', 'rotated', 'copies-in-ring', 'seen-and-lost'],
  'log-kernel-words': ['inode', 'refused-load'],
  'effect-labelling': ['crio-without-effect', 'dockerd-without-effect'],
  'effect-foreign-policies': ['flatcar', 'ubuntu-lost'],
  'effect-packaged-policy': ['fedora-stuck'],
  'effect-storage-labels': ['k3s-mislabelled'],
  'effect-never-installed': ['micro'],
  'denial-start': ['kubelet-copied'],
}

const askedField = async () => {
  const work = mkdtempSync(join(tmpdir(), 'sefleet-test-green-'))
  try {
    const tools = linkTools(work, process.env['PATH'] ?? '')
    const policies = new Map<string, Buffer>()
    const now = Math.floor(Date.now() / 1000)
    const records: NodeRecord[] = []
    for (const [name, nodes] of Object.entries(fieldNodes))
      for (const node of nodes) {
        const [folder, own] = [join('test/fixtures/field', name), join(work, `${name}-${node}`)]
        mkdirSync(own)
        const patch = (made: MadeRoot): void => patchCase(folder, made, node, 'after', now)
        const options = { folder: own, tools, now, policies, patch }
        records.push(await askLocally(node, caseNode(folder, node, own), options))
      }
    return { records, policies }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

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

const statusIn = (outcomes: readonly Outcome[], check: string): Status =>
  outcomes.find(outcome => outcome.check === check)?.status ?? 'pass'

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

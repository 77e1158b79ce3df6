import { expect } from 'chai'
import { defaultProfiles } from '../../src/checks/default-profiles.ts'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import { settle } from '../../src/evaluate/settle.ts'
import type { Audit } from '../../src/model/audit.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { gateLevels, type GateLevel } from '../../src/model/severity.ts'
import { junit } from '../../src/report/junit.ts'
import { answered } from '../cli/made-run.ts'
import { runInfo } from '../lab/run-info.ts'

const knowledge = loadKnowledge()

/** A record that throws as soon as it is looked into: a bug of ours that only this node brings about. */
const trap = (node: string): NodeRecord => ({
  ...answered(node, ''),
  get frames(): NodeRecord['frames'] {
    throw new RangeError('Invalid time value')
  },
})

const judge = async (records: readonly NodeRecord[], gate: GateLevel = 'high'): Promise<Audit> =>
  (
    await evaluate(records, {
      run: runInfo(records.map(({ node }) => node)),
      profiles: loadProfiles(defaultProfiles, knowledge),
      knowledge,
      policies: () => Promise.resolve(undefined),
      gate,
      allowMissing: { nodes: 0 },
    })
  ).audit

describe('a bug met while one node is judged', () => {
  it('is that node’s record; the others come out as they did', async () => {
    const others = [answered('db-1', 'a'), answered('db-3', 'b')] as const
    const [one, two] = (await judge(others)).nodes
    const { nodes } = await judge([others[0], trap('db-2'), others[1]])
    expect(nodes[0]).to.deep.equal(one)
    expect(nodes[2]).to.deep.equal(two)
    expect(nodes[1]?.status).to.equal('partial')
    expect(nodes[1]?.error?.sentence).to.equal(
      'node db-2: sefleet failed while it judged this node: RangeError: Invalid time value',
    )
    expect(new Set(nodes[1]?.outcomes.map(({ status }) => status))).to.deep.equal(new Set(['unknown']))
  })

  it('closes the gate at every level, and JUnit says so', async () => {
    for (const gate of gateLevels) {
      const audit = settle(
        // As if no check had this level.
        { ...(await judge([trap('db-2')], gate)), checks: [] },
        { allowMissing: { percent: 100 }, waivers: [], failOn: 'new' },
      )
      const bare = settle(
        { ...audit, nodes: audit.nodes.map(node => ({ ...node, outcomes: [] })) },
        { allowMissing: { percent: 100 }, waivers: [], failOn: 'new' },
      )
      expect(bare.verdict.exit).to.equal(3)
      const [file] = [...junit(bare)]
      const text = typeof file?.content === 'string' ? file.content : [...(file?.content ?? [])].join('')
      expect(text).to.contain('<error type="Internal"')
    }
  })
})

describe('a clock that is off', () => {
  const withClock = async (epoch: number): Promise<Audit> => {
    const record = answered('db-1', '')
    return judge([{ ...record, clock: { epoch, zone: '+0000' } }])
  }
  const present = answered('db-1', '').askedAt / 1000

  it('by hours is set right without a word', async () => {
    const { notes, nodes } = await withClock(present - 7200)
    expect(notes).to.deep.equal([])
    expect(nodes[0]?.clockAhead).to.equal(-7200)
  })

  it('by days is told', async () => {
    expect((await withClock(present + 3 * 86_400)).notes[0]).to.match(
      /^the clock is off by a day or more on db-1/,
    )
  })

  it('beyond all clocks is told, and nothing is set right by it', async () => {
    for (const epoch of [99_999_999_999_999, 0, -5, 1e300]) {
      const { notes, nodes } = await withClock(epoch)
      expect(notes[0]).to.match(/^the clock tells a time that can be none on db-1/)
      expect(nodes[0]?.clockAhead).to.equal(undefined)
    }
  })
})

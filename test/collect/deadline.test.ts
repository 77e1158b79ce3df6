import { setMaxListeners } from 'node:events'
import { expect } from 'chai'
import { collect } from '../../src/collect/collect.ts'
import { buildScript } from '../../src/collect/script.ts'
import { keepFor } from '../../src/checks/keep.ts'
import { loadKnowledge } from '../../src/checks/load.ts'
import type { Connect, ExecRequest } from '../../src/model/exec.ts'
import type { Node } from '../../src/model/node.ts'
import type { NodeRecord } from '../../src/model/record.ts'

const nodes = Array.from({ length: 1000 }, (_, index): Node => ({
  name: `node-${index}`,
  groups: [],
  leafGroups: [],
  connection: { kind: 'ssh', host: '192.0.2.1' },
}))
const isMute = ({ name }: { readonly name: string }): boolean => Number(name.slice(5)) % 5 === 0

/** Every fifth node swallows whatever it is sent, for ever; the others answer at once. */
const connect: Connect = (node, signal) => {
  setMaxListeners(0, signal)
  return ask(node, signal)
}

const ask: Connect = (node, signal) =>
  isMute(node)
    ? new Promise(resolve => {
        const give = () =>
          resolve({
            error: {
              code: 'interrupted',
              stage: 'connect',
              sentence: `node ${node.name}: interrupted while connecting to 192.0.2.1:22`,
            },
          })
        if (signal.aborted) give()
        signal.addEventListener('abort', give, { once: true })
      })
    : Promise.resolve({ session: { exec: answer, close: () => undefined } })

const answer = (request: ExecRequest) => {
  const marker = /^m=(\w+)/.exec(request.stdin)?.[1] ?? ''
  request.onStdout(
    Buffer.from(
      `\n${marker} hello 1 0 1790000000 +0000\n\n${marker} begin 0\nx\n#end 0\n\n${marker} end 0\n\n${marker} done\n`,
    ),
  )
  return Promise.resolve({ ended: 'exited', code: 0 } as const)
}

describe('a deadline', function () {
  this.timeout(60_000)

  const run = async (
    deadlineSeconds: number,
    interruptAfter?: number,
  ): Promise<ReadonlyMap<string, NodeRecord>> => {
    const records = new Map<string, NodeRecord>()
    const interruption = new AbortController()
    await collect({
      nodes,
      connect,
      script: buildScript([{ probe: 'os', params: {} }]),
      keep: keepFor([], loadKnowledge()),
      policies: { find: () => Promise.resolve(undefined), keep: () => Promise.resolve() },
      forks: 50,
      become: false,
      nodeSeconds: 60,
      now: Date.now,
      signal: interruption.signal,
      deadlineSeconds,
      onRecord: record => {
        records.set(record.node, record)
        if (records.size === interruptAfter) interruption.abort()
      },
    })
    return records
  }

  it('ends a run of 1,000 nodes of which 200 swallow what they are sent, and every one has a record', async () => {
    const records = await run(1)
    expect(records.size).to.equal(nodes.length)
    const codes = new Map<string, number>()
    for (const { status, error } of records.values())
      codes.set(error?.code ?? status, (codes.get(error?.code ?? status) ?? 0) + 1)
    expect([...codes.keys()].toSorted()).to.deep.equal(['answered', 'deadline'])
    for (const record of records.values())
      if (isMute({ name: record.node })) expect(record.status).to.equal('missing')
    const sentences = new Set(
      [...records.values()].flatMap(({ node, error }) => error?.sentence.replace(node, 'NODE') ?? []),
    )
    expect([...sentences].toSorted()).to.deep.equal([
      'node NODE: the run’s deadline of 1 s passed before it had its turn',
      'node NODE: the run’s deadline of 1 s passed while connecting to 192.0.2.1:22',
    ])
  })

  it('is not what ended a run that somebody interrupted', async () => {
    const records = await run(3600, 40)
    expect([...records.values()].filter(({ error }) => error?.code === 'deadline')).to.deep.equal([])
    expect(records.size).to.be.lessThan(nodes.length)
  })
})

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import { openRun } from '../../src/store/open.ts'
import { fakeWorld } from '../cli/world.ts'
import { madeRecord, madeRun } from './made.ts'

describe('pruning runs', () => {
  let root = ''
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'sefleet-test-'))))
  afterEach(() => rmSync(root, { recursive: true }))

  const made = async (
    day: number,
    state: 'finished' | 'interrupted' | 'running' = 'finished',
  ): Promise<string> => {
    const one = await openRun({ root, run: madeRun(['db-1'], Date.UTC(2026, 10, day)) })
    await one.append(madeRecord('db-1'))
    if (state !== 'running') await one.finish(state)
    return one.info.id
  }
  const prune = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { world, out } = fakeWorld()
    expect(await run(['runs', 'prune', '-o', root, ...words], world)).to.equal(0)
    return out().split('\n').filter(Boolean)
  }
  const isThere = (id: string): boolean => existsSync(join(root, id, 'run.json'))

  it('keeps so many finished ones, and whatever came after the oldest of them', async () => {
    const ids = [
      await made(1),
      await made(2, 'interrupted'),
      await made(3),
      await made(4, 'interrupted'),
      await made(5),
    ]
    expect(await prune('--keep', '2', '--dry-run')).to.deep.equal(ids.slice(0, 2))
    expect(ids.every(isThere)).to.equal(true)
    expect(await prune('--keep', '2')).to.deep.equal(ids.slice(0, 2))
    expect(ids.map(isThere)).to.deep.equal([false, false, true, true, true])
    expect(await prune('--keep', '2')).to.deep.equal([])
  })

  it('removes nothing where fewer are finished, and nothing that is being written', async () => {
    const running = await made(1, 'running')
    const ids = [await made(2), await made(3)]
    expect(await prune('--keep', '3')).to.deep.equal([])
    expect(await prune('--keep', '1')).to.deep.equal([ids[0]])
    expect(isThere(running)).to.equal(true)
  })

  it('leaves alone what is no run', async () => {
    await made(1)
    await made(2)
    writeFileSync(join(root, 'notes.txt'), 'mine')
    await prune('--keep', '1')
    expect(existsSync(join(root, 'notes.txt'))).to.equal(true)
  })
})

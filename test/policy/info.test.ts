import { expect } from 'chai'
import { needs } from '../tools.ts'
import { fullPolicy, policyFiles } from './files.ts'
import { sefleetPolicy } from './sefleet-policy.ts'
import { startSetools, type Setools } from './setools.ts'

// Trap T19: setools prints the names of a set in any order.
const withSortedSets = (text: string): string =>
  text.replace(/\{ ([^{}]*?) +\}/g, (_, names: string) => `{ ${names.split(' ').toSorted().join(' ')} }`)

describe('policy info, beside seinfo', () => {
  let setools: Setools
  before(function () {
    needs(this, 'seinfo')
    setools = startSetools()
  })
  after(() => setools?.stop())

  for (const path of policyFiles) {
    for (const words of [[], ['--all'], ['--all', '-x'], ['--flat', '-x', '-t']]) {
      it(`prints the same of ${path} for: ${words.join(' ') || 'nothing'}`, async function () {
        this.timeout(600_000)
        const theirs = await setools.ask(['seinfo', path, ...words])
        const ours = await sefleetPolicy(['info', path, ...words])
        expect(theirs.status).to.equal(0)
        expect(withSortedSets(ours.out)).to.equal(withSortedSets(theirs.out))
      })
    }
  }

  it("prints the same of Debian's policy, every statement", async function () {
    this.timeout(600_000)
    const path = fullPolicy(this)
    const theirs = await setools.ask(['seinfo', path, '--all', '-x'])
    const ours = await sefleetPolicy(['info', path, '--all', '-x'])
    expect(withSortedSets(ours.out) === withSortedSets(theirs.out)).to.equal(true)
  })

  for (const words of [
    ['-t', 'docker_t', '-x'],
    ['-a', 'container_domain', '-x'],
    ['-b', 'kb1', '-x'],
    ['-c', 'process', '-x'],
    ['--constrain', 'file'],
    ['--portcon', '8085'],
    ['--permissive', 'multipathd_t'],
    ['--genfscon', 'proc'],
    ['--category', 'first', '-x'],
    ['-r', 'system_r', '-x', '-u'],
  ]) {
    it(`prints the same for: ${words.join(' ')}`, async () => {
      const path = 'test/fixtures/policies/kitchen.33'
      const theirs = await setools.ask(['seinfo', path, ...words])
      const ours = await sefleetPolicy(['info', path, ...words])
      expect(withSortedSets(ours.out)).to.equal(withSortedSets(theirs.out))
    })
  }

  it('says that a name is not there where seinfo counts 0', async () => {
    const { err, status } = await sefleetPolicy([
      'info',
      'test/fixtures/policies/kitchen.33',
      '-t',
      'contaner_t',
    ])
    expect(status).to.equal(2)
    expect(err).to.contain("did you mean 'container_t'?")
  })
})

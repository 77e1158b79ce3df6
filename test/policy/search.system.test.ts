import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { needs } from '../tools.ts'
import { fullPolicy, policyFiles } from './files.ts'
import { agreeOnQueries } from './queries.ts'
import { sefleetPolicy } from './sefleet-policy.ts'
import { startSetools, type Setools } from './setools.ts'

describe('policy search, beside sesearch', () => {
  let setools: Setools
  before(function () {
    needs(this, 'sesearch')
    setools = startSetools()
  })
  after(() => setools?.stop())

  const seed = Date.now() % 1_000_000_007
  const agree = (path: string, numRuns: number) => agreeOnQueries(setools, path, { numRuns, seed })

  for (const path of policyFiles) {
    it(`prints the same lines of ${path} for 95 generated queries (seed ${seed})`, async function () {
      this.timeout(600_000)
      await agree(path, 95)
    })
  }

  it(`prints the same lines of Debian's policy for 50 generated queries (seed ${seed})`, async function () {
    this.timeout(600_000)
    await agree(fullPolicy(this), 50)
  })

  it('prints the same as the command itself, every rule of every kind', async function () {
    this.timeout(600_000)
    const kinds = '--allow --allowxperm --auditallow --auditallowxperm --dontaudit --dontauditxperm'
    const words = `${kinds} -T --type_change --type_member --role_allow --role_trans --range_trans`.split(' ')
    for (const path of [...policyFiles, fullPolicy(this)]) {
      const theirs = execFileSync('sesearch', [...words, path], { encoding: 'utf8', maxBuffer: 2 ** 28 })
      const ours = await sefleetPolicy(['search', ...words, path])
      // not deep equality of chai's: its message would hold a hundred thousand lines
      expect(ours.out === theirs, path).to.equal(true)
    }
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import { loadWaivers } from '../../src/checks/waivers.ts'
import { run } from '../../src/cli/run.ts'
import { SefleetError } from '../../src/errors.ts'
import { fakeWorld } from '../cli/world.ts'

const head = 'profile: site\nchecks:\n  - id: a\n    severity: low\n    title: '
const tail = "\n    command: { run: 'true' }\n"

describe('the file of a profile', () => {
  let folder = ''
  before(() => (folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))))
  after(() => rmSync(folder, { recursive: true }))
  const write = (name: string, content: string | Buffer): string => {
    const file = join(folder, name)
    writeFileSync(file, content)
    return file
  }

  for (const [title, bytes, said] of [
    ['Latin-1', Buffer.from(`${head}Größe${tail}`, 'latin1'), ':5:14: the byte 0xf6 here is not UTF-8'],
    [
      'Latin-1 behind letters of UTF-8',
      Buffer.concat([Buffer.from(`${head}Größe, `), Buffer.from(`ü${tail}`, 'latin1')]),
      ':5:19: the byte 0xfc here is not UTF-8',
    ],
    ['UTF-16', Buffer.from(`\ufeff${head}x${tail}`, 'utf16le'), ':1:1: this file is UTF-16'],
    ['NUL bytes', Buffer.from(`${head}x${tail}`, 'utf16le'), ':1:1: this file holds NUL bytes'],
  ] as const)
    it(`is UTF-8, or told where it is not: ${title}`, () => {
      const file = write('site.yaml', bytes)
      const waivers = write('waivers.yaml', bytes)
      for (const load of [() => loadProfiles([file], loadKnowledge()), () => loadWaivers(waivers, [])])
        expect(load).to.throw(SefleetError).with.property('message').that.contains(said)
    })

  it('may begin with a byte order mark', () => {
    const file = write('site.yaml', `\ufeff${head}Größe${tail}`)
    expect(loadProfiles([file], loadKnowledge())[0]?.checks[0]?.title).to.equal('Größe')
  })

  it('is told where it would clash with a shipped one, and stays valid alone', async () => {
    const file = write('site.yaml', `${head}x${tail}`.replace('id: a', 'id: selinux-mode'))
    const { world, out, err } = fakeWorld()
    expect(await run(['profile', 'check', file], world)).to.equal(0)
    expect(out()).to.contain('site: 1 check, valid')
    expect(err()).to.contain('site.yaml:3:9: the profile selinux-baseline has a check selinux-mode too')
  })
})

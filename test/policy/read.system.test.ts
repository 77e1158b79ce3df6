import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { PolicyFault } from '../../src/policy/read/cursor.ts'
import { readPolicy } from '../../src/policy/read/read.ts'
import { fullPolicy, policyFiles } from './files.ts'
import type { Fuzzed } from './fuzz.ts'
import { sefleetPolicy } from './sefleet-policy.ts'

const before = readFileSync('test/fixtures/policies/before.33')

const errorOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

const with32 = (bytes: Buffer, value: number, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy.writeUInt32LE(value, at)
  return copy
}

describe('the policy reader', () => {
  it('reads versions 34 and 35', () => {
    const emptyBitmap = Buffer.from([64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    const end = readPolicyStart(before)
    const v34 = with32(before, 34, 16)
    const v35 = with32(Buffer.concat([before.subarray(0, end), emptyBitmap, before.subarray(end)]), 35, 16)
    const { rules } = readPolicy(before)
    expect(readPolicy(v34).rules).to.deep.equal(rules)
    expect(readPolicy(v35).rules).to.deep.equal(rules)
  })

  for (const [what, bytes, words] of [
    ['a policy module', with32(before, 0xf97cff8d, 0), 'a policy module'],
    ['another file', Buffer.from('#!/bin/sh\n'), 'not an SELinux policy'],
    ['an empty file', Buffer.alloc(0), 'ends 4 bytes too early'],
    [
      'a Xen policy',
      Buffer.concat([before.subarray(0, 8), Buffer.from('XenFlask'), before.subarray(16)]),
      'a Xen policy',
    ],
    ['a version of the future', with32(before, 36, 16), 'policy version 36; versions 24 to 35 are known'],
    ['a version of the past', with32(before, 23, 16), 'policy version 23'],
    ['bytes after the end', Buffer.concat([before, Buffer.from([0])]), '1 bytes follow the end'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readPolicy(bytes)).to.throw(PolicyFault, words)
    })
  }

  const seed = Date.now() % 1_000_000_007

  it(`refuses the truncations of every small policy, every eighth (seed ${seed})`, function () {
    this.timeout(600_000)
    for (const path of policyFiles) {
      const bytes = readFileSync(path)
      for (let length = seed % 8; length < bytes.length; length += 8) {
        const error = errorOf(() => readPolicy(bytes.subarray(0, length)))
        if (!(error instanceof PolicyFault)) expect.fail(`${path} cut at ${length}: ${String(error)}`)
      }
    }
  })

  const fuzz = async (count: number, files: readonly string[]): Promise<Fuzzed> => {
    const script = 'dist/test/policy/fuzz.js'
    const words = ['--max-old-space-size=320', script, String(seed), String(count), ...files]
    const { stdout } = await promisify(execFile)(process.execPath, words)
    // the shape that fuzz.ts writes
    return JSON.parse(stdout) as Fuzzed
  }

  it(`survives 49,000 mutations of the small policies (seed ${seed})`, async function () {
    this.timeout(600_000)
    const { crash, slowest, largestMb, read } = await fuzz(49_000, policyFiles)
    expect(crash).to.equal(undefined)
    expect(slowest).to.be.below(20)
    expect(largestMb).to.be.below(512)
    expect(read).to.be.above(1000)
  })

  it(`survives 200 mutations of Debian's policy (seed ${seed})`, async function () {
    this.timeout(600_000)
    const { crash, slowest, largestMb } = await fuzz(200, [fullPolicy(this)])
    expect(crash).to.equal(undefined)
    expect(slowest).to.be.below(20)
    expect(largestMb).to.be.below(512)
  })

  it('lets no file name forge a line or steer a terminal', async () => {
    const hostile = Buffer.from(before)
    hostile.write('a\nb\u001b[m', before.indexOf('overlay'), 'latin1')
    const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    writeFileSync(join(folder, 'hostile.33'), hostile)
    const { out } = await sefleetPolicy([
      'search',
      '-T',
      '-s',
      'container_runtime_t',
      join(folder, 'hostile.33'),
    ])
    rmSync(folder, { recursive: true })
    expect(out.split('\n')).to.deep.equal([
      'type_transition container_runtime_t container_var_lib_t:dir container_file_t volumes;',
      'type_transition container_runtime_t container_var_lib_t:dir container_ro_file_t a\\u{a}b\\u{1b}[my;',
      '',
    ])
  })

  it('refuses a type whose name is none', () => {
    const hostile = Buffer.from(before)
    hostile.write('\u001b', before.indexOf('container_t'), 'latin1')
    expect(() => readPolicy(hostile)).to.throw(PolicyFault, 'a name that is no identifier')
  })

  it('is a coded error of the command, with the file and the byte', async () => {
    const { out, err, status } = await sefleetPolicy(['search', '-A', 'test/fixtures/policies/base.cil'])
    expect({ out, status }).to.deep.equal({ out: '', status: 2 })
    expect(err).to.contain('base.cil: byte 4: not an SELinux policy').and.contain('code: policy-invalid')
  })
})

// Where the permissive map ends: the header has 32 bytes, then two bitmaps.
const readPolicyStart = (bytes: Buffer): number => {
  const skip = (at: number): number => at + 12 + 12 * bytes.readUInt32LE(at + 8)
  return skip(skip(32))
}

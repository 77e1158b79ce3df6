import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { readPolicyFile } from '../../src/cli/policy/policy-file.ts'
import { whyAll } from '../../src/cli/policy/why-words.ts'
import { ruleBits, type Policy } from '../../src/policy/policy.ts'
import type { Why } from '../../src/policy/why/why.ts'
import { levelText, nameIn } from '../../src/policy/names.ts'
import { needs } from '../tools.ts'
import { fullPolicy } from './files.ts'
import { sefleetPolicy } from './sefleet-policy.ts'

interface Access {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly perms: string
}

const pick = <T>(list: ArrayLike<T>, number: number): T | undefined => list[number % Math.max(1, list.length)]

/** Accesses between valid contexts; most of them touch a rule of the policy. */
const accesses = (policy: Policy): fc.Arbitrary<Access> => {
  const allows = Array.from({ length: policy.rules.count }, (_, rule) => rule).filter(
    rule => policy.rules.kind[rule] === ruleBits.allow,
  )
  const types = policy.types.byValue.filter(one => one && !one.isAttribute).map(one => one?.value ?? 0)
  return fc
    .record({
      rule: fc.constantFrom(...allows),
      picks: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      isNear: fc.nat(4).map(number => number > 0),
      constrained: fc.boolean(),
    })
    .map(({ rule, picks: [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0], isNear, constrained }) => {
      const member = (value: number, number: number): number =>
        policy.types.byValue[value]?.isAttribute
          ? (pick(policy.membersOf[value] ?? [], number) ?? types[0] ?? 0)
          : value
      const source = isNear ? member(policy.rules.source[rule] ?? 0, a) : (pick(types, a) ?? 0)
      const target = isNear || constrained ? member(policy.rules.target[rule] ?? 0, b) : (pick(types, b) ?? 0)
      const classes = policy.classes.byValue.filter(
        one => one && (!constrained || one.constraints.length > 0),
      )
      const objectClass =
        isNear && !constrained ? policy.classes.byValue[policy.rules.class[rule] ?? 0] : pick(classes, c)
      const permissions = objectClass?.permissions.filter(one => one !== undefined) ?? []
      return {
        source: contextOf(policy, source, d, e),
        target: contextOf(policy, target, f, g),
        class: objectClass?.name ?? '',
        perms: pick(permissions, h) ?? '',
      }
    })
    .filter(({ source, target, perms }) => source !== '' && target !== '' && perms !== '')
}

// A user with a role that has the type, else an object; levels within the user's range.
const contextOf = (policy: Policy, type: number, which: number, levels: number): string => {
  const users = policy.users.byValue.filter(one => one !== undefined)
  const subjects = users.flatMap(user =>
    Array.from(user.roles)
      .filter(role => policy.roles.byValue[role]?.types.includes(type))
      .map(role => ({ user, role: nameIn(policy.roles, role) })),
  )
  const objects = users.map(user => ({ user, role: 'object_r' }))
  const all = subjects.length > 0 && which % 5 > 0 ? subjects : objects
  const found = all[which % all.length]
  if (!found) return ''
  const label = `${found.user.name}:${found.role}:${nameIn(policy.types, type)}`
  if (!policy.mls) return label
  const { low, high } = found.user.range
  const some = high.categories.filter((_, index) => index < 12 && ((levels >> index) & 1) === 1)
  const lowLevel = levelText(policy, low)
  const highLevel = levelText(policy, { sensitivity: high.sensitivity, categories: some })
  return `${label}:${[lowLevel, `${lowLevel}-${highLevel}`, highLevel][levels % 3]}`
}

const ask = (
  path: string,
  list: readonly Access[],
): readonly (readonly [string, readonly (readonly [string, number])[]])[] => {
  const input = list.map(one => JSON.stringify([one.source, one.target, one.class, one.perms])).join('\n')
  const { stdout, stderr } = spawnSync('/usr/bin/python3', ['test/policy/audit2why-oracle.py', path], {
    input: `${input}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (stdout === '') throw new Error(stderr)
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as [string, [string, number][]])
}

// What audit2why calls it.
const reasonOf = ({ verdict, silencedBy, rules, switches }: Why): string => {
  // It tries one boolean at a time, and looks at constraints only where a rule allows.
  const noRule = silencedBy.length > 0 ? 'DONTAUDIT' : 'TERULE'
  if (verdict === 'boolean' && (switches[0]?.booleans.length ?? 0) > 1) return noRule
  if (rules.length === 0 && verdict !== 'boolean') return noRule
  return {
    allowed: 'ALLOW',
    undecided: 'ALLOW',
    missing: noRule,
    boolean: 'BOOLEAN',
    constraint: 'CONSTRAINT',
    role: 'RBAC',
    bounds: 'BOUNDS',
    xperm: 'ALLOW', // it knows of no extended permissions
  }[verdict]
}

const seed = Date.now() % 1_000_000_007

const agree = (path: string, numRuns: number): ReadonlyMap<string, number> => {
  const policy = readPolicyFile(path)
  const list = fc.sample(accesses(policy), { numRuns, seed })
  const theirs = ask(path, list)
  const seen = new Map<string, number>()
  list.forEach((access, index) => {
    const [why] = whyAll(policy, access)
    if (!why || !('verdict' in why)) throw new Error('no answer')
    // It says BADSCON or BADTCON of contexts that are none; these are all valid.
    expect(why.invalid, JSON.stringify(access)).to.equal(undefined)
    const words = JSON.stringify(access)
    const [reason = '', booleans = []] = theirs[index] ?? []
    seen.set(reason, (seen.get(reason) ?? 0) + 1)
    expect(reasonOf(why), words).to.equal(reason)
    // audit2why tries one boolean at a time
    const single = why.switches.flatMap(one => (one.booleans.length === 1 ? one.booleans : []))
    for (const [name, state] of booleans) expect(single, words).to.deep.include({ name, state: state !== 0 })
  })
  return seen
}

describe('policy why, beside audit2why', () => {
  before(function () {
    needs(this, 'audit2why')
  })

  for (const path of ['kitchen.24', 'kitchen.28', 'kitchen.33', 'nomls.33', 'before.33'].map(
    name => `test/fixtures/policies/${name}`,
  ))
    it(`gives the same reason for 1,000 accesses in ${path} (seed ${seed})`, function () {
      this.timeout(600_000)
      agree(path, 1000)
    })

  it(`gives the same reason for 400 accesses in Debian's policy (seed ${seed})`, function () {
    this.timeout(600_000)
    const seen = agree(fullPolicy(this), 400)
    expect([...seen.keys()]).to.include.members(['ALLOW', 'TERULE'])
  })
})

const lines = async (...words: readonly string[]): Promise<readonly string[]> =>
  (await sefleetPolicy(['why', ...words])).out.trimEnd().split('\n')

const createFile = (level: string): readonly string[] =>
  `-s system_u:kitchen_r:b_t:${level} -t system_u:object_r:tmp_t:s0:c2 -c file -p create`.split(' ')

describe('policy why', () => {
  const policies = 'test/fixtures/policies'

  it('takes a denial as the log has it', async () => {
    const denial =
      'type=AVC msg=audit(1700596261.324:4756): avc:  denied  { connectto } for  pid=7892 comm="csi-attacher" path="/csi/csi.sock" scontext=system_u:system_r:container_t:s0:c1,c2 tcontext=system_u:system_r:spc_t:s0 tclass=unix_stream_socket permissive=0'
    expect(await lines(`${policies}/after.33`, '--denial', denial)).to.deep.equal([
      'container_t → spc_t:unix_stream_socket connectto: denied, no rule: allow container_t spc_t:unix_stream_socket connectto;',
    ])
    expect(await lines(`${policies}/before.33`, '--denial', denial)).to.deep.equal([
      'container_t → spc_t:unix_stream_socket connectto: allowed',
      '  rule: allow container_domain spc_t:unix_stream_socket connectto;',
    ])
  })

  it('believes the contexts that stand last', async () => {
    const denial =
      'avc:  denied  { connectto } for cmdline="x scontext=a:b:init_t tcontext=a:b:init_t tclass=file" scontext=system_u:system_r:container_t:s0 tcontext=system_u:system_r:spc_t:s0 tclass=unix_stream_socket'
    expect((await lines(`${policies}/before.33`, '--denial', denial))[0]).to.contain('container_t → spc_t')
  })

  it('says which boolean would allow it, and takes other states', async () => {
    const words = [
      `${policies}/before.33`,
      '-s',
      'container_t',
      '-t',
      'device_t',
      '-c',
      'chr_file',
      '-p',
      'read',
    ]
    expect((await lines(...words))[0]).to.contain('setsebool -P container_use_devices on')
    expect((await lines(...words, '--boolean', 'container_use_devices=on'))[0]).to.contain(': allowed')
  })

  it('says first that a context is none in this policy, and why', async () => {
    const about = ['-c', 'file', '-p', 'read']
    const roles = await lines(
      `${policies}/before.33`,
      '-s',
      'sysadm_u:system_r:init_t:s0',
      '-t',
      'system_u:object_r:container_file_t:s0',
      ...about,
    )
    expect(roles[0]).to.equal(
      'sysadm_u:system_r:init_t:s0 is not valid in this policy: the user sysadm_u does not have the role system_r. The kernel takes it for unlabeled_t',
    )
    expect(roles[1]).to.match(/^by types alone, init_t → container_file_t:file read: /)
    const type = await lines(
      `${policies}/before.33`,
      '-s',
      'sysadm_u:sysadm_r:container_t:s0',
      '-t',
      'system_u:object_r:gone_t:s0',
      ...about,
    )
    expect(type).to.deep.equal([
      'sysadm_u:sysadm_r:container_t:s0 is not valid in this policy: the role sysadm_r does not have the type container_t. The kernel takes it for unlabeled_t',
      "system_u:object_r:gone_t:s0 is not valid in this policy: the policy has no type 'gone_t'. The kernel takes it for unlabeled_t",
    ])
    const range = await lines(
      `${policies}/kitchen.33`,
      ...'-s system_u:kitchen_r:b_t:s0:c2-s0:c1 -t system_u:object_r:tmp_t:s0:c2 -c file -p create'.split(
        ' ',
      ),
    )
    expect(range[0]).to.match(
      /^system_u:kitchen_r:b_t:s0:c2-s0:c1 is not valid in this policy: its high level is below its low one/,
    )
  })

  it('believes what stands on the disk, where the kernel took another context for it', async () => {
    const denial =
      'avc:  denied  { read } for  pid=1 comm="x" scontext=system_u:system_r:container_t:s0 tcontext=system_u:object_r:unlabeled_t:s0 tclass=file permissive=0 trawcon="system_u:object_r:gone_t:s0"'
    const said = await lines(`${policies}/before.33`, '--denial', denial)
    expect(said[0]).to.contain(
      "system_u:object_r:gone_t:s0 is not valid in this policy: the policy has no type 'gone_t'",
    )
    expect(said[1]).to.contain('container_t → unlabeled_t:file read: denied, no rule')
  })

  it('says where extended permissions allow other ioctls only', async () => {
    const access = ['-s', 'container_t', '-t', 'device_t', '-c', 'chr_file', '-p', 'ioctl']
    const words = [`${policies}/before.33`, ...access, '--boolean', 'container_use_devices=on']
    const narrowed =
      '  narrowed to these numbers by: allowxperm container_domain device_t:chr_file ioctl 0x5401-0x5408;'
    expect((await lines(...words)).slice(-1)).to.deep.equal([narrowed])
    expect((await lines(...words, '-x', '0x5401'))[0]).to.contain('ioctl 0x5401: allowed')
    const denied = await lines(...words, '-x', '0x1234')
    expect(denied[0]).to.contain(
      'denied, extended permissions allow other numbers only, although a rule allows it',
    )
    expect(denied.at(-1)).to.equal(narrowed)
    const denial =
      'avc:  denied  { ioctl } for  pid=1 comm="x" path="/dev/x" ioctlcmd=0x1234 scontext=system_u:system_r:container_t:s0 tcontext=system_u:object_r:device_t:s0 tclass=chr_file permissive=0'
    const said = await lines(words[0] ?? '', '--denial', denial, '--boolean', 'container_use_devices=on')
    expect(said).to.deep.equal(denied)
    // No such rule on this target: every number is as allowed as the ioctl.
    const plain = [
      '-s',
      'container_runtime_t',
      '-t',
      'container_file_t',
      '-c',
      'file',
      '-p',
      'ioctl',
      '-x',
      '0x1234',
    ]
    expect((await lines(`${policies}/before.33`, ...plain)).some(line => line.includes('narrowed'))).to.equal(
      false,
    )
  })

  it('says which constraint forbids what a rule allows', async () => {
    expect(await lines(`${policies}/kitchen.33`, ...createFile('s0:c1'))).to.deep.equal([
      'b_t → tmp_t:file create: denied by a constraint, although a rule allows it',
      '  rule: allow kitchen_not_a tmp_t:file create;',
      '  forbids it: mlsconstrain file { create write } (l1 == l2);',
    ])
    expect((await lines(`${policies}/kitchen.33`, ...createFile('s0:c2')))[0]).to.equal(
      'b_t → tmp_t:file create: allowed',
    )
  })

  it('leaves constraints open without contexts', async () => {
    const words = ['-s', 'b_t', '-t', 'tmp_t', '-c', 'file', '-p', 'create']
    expect((await lines(`${policies}/kitchen.33`, ...words))[0]).to.equal(
      'b_t → tmp_t:file create: a rule allows it; give whole contexts (-s, -t) to decide the constraints',
    )
  })

  for (const [what, words, sentence] of [
    ['nothing given', [], 'either --denial, or all of -s, -t, -c and -p'],
    [
      'an attribute',
      ['-s', 'container_domain', '-t', 'spc_t', '-c', 'file', '-p', 'read'],
      'it is an attribute',
    ],
    [
      'a mistyped class',
      ['-s', 'container_t', '-t', 'spc_t', '-c', 'fiel', '-p', 'read'],
      "did you mean 'file'?",
    ],
    [
      'a mistyped permission',
      ['-s', 'container_t', '-t', 'spc_t', '-c', 'file', '-p', 'raed'],
      "did you mean 'read'?",
    ],
    ['a line that is no denial', ['--denial', 'hello'], 'not an AVC denial'],
  ] as const)
    it(`refuses ${what}`, async () => {
      const { err, status } = await sefleetPolicy(['why', `${policies}/before.33`, ...words])
      expect(status).to.equal(2)
      expect(err).to.contain(sentence)
    })
})

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agreeOnQueries } from '../policy/queries.ts'
import { rulesIn, sediff } from '../policy/sediff.ts'
import { sefleetPolicy } from '../policy/sefleet-policy.ts'
import { startSetools } from '../policy/setools.ts'
import { largePolicy } from './large-policy.ts'
import { edits, editedPolicy } from './variants.ts'

/*
 * `npm run bench:policy`: beside setools in the same minutes, on Debian's whole policy and on a generated pair of the size of
 * Fedora's. Needs setools, selinux-policy-default, policycoreutils and secilc. BENCH_QUERIES=2000 says how many generated
 * queries are compared on the whole policy (a second each, nearly all of it setools').
 */
interface Cost {
  readonly status: number
  readonly wall: number
  readonly cpu: number
  readonly megabytes: number
}

const folder = mkdtempSync(join(tmpdir(), 'sefleet-bench-policy-'))
const print = (line: string): boolean => process.stdout.write(`${line}\n`)
const main = join(import.meta.dirname, '../../src/main.js')

const cost = (...words: readonly string[]): Cost => {
  const out = join(folder, 'cost.json')
  execFileSync('/usr/bin/python3', ['test/bench/cost.py', out, ...words], { stdio: 'inherit' })
  // the shape that cost.py writes
  return JSON.parse(readFileSync(out, 'utf8')) as Cost
}
// The median by wall time: the machine has other things to do.
const median = (...words: readonly string[]): Cost =>
  [1, 2, 3, 4, 5].map(() => cost(...words)).toSorted((a, b) => a.wall - b.wall)[2] ?? cost(...words)
const shown = ({ wall, cpu, megabytes }: Cost): string =>
  `${wall.toFixed(2).padStart(7)} s ${cpu.toFixed(2).padStart(7)} s CPU ${megabytes.toFixed(0).padStart(6)} MB`
const row = (name: string, one: Cost): boolean => print(`  ${name.padEnd(52)}${shown(one)}`)
const sefleet = (...words: readonly string[]): readonly string[] => [
  process.execPath,
  main,
  'policy',
  ...words,
]

const debian = '/etc/selinux/default/policy'
const whole = `${debian}/${readdirSync(debian).find(name => name.startsWith('policy.')) ?? ''}`

try {
  print('one question, Debian’s whole policy')
  const question = ['-A', '-s', 'sshd_t', '-t', 'shadow_t', '-c', 'file', '-p', 'read']
  const theirs = median('sesearch', ...question, whole)
  const hundred = median(process.execPath, join(import.meta.dirname, 'hundred-queries.js'), whole)
  row('sesearch', theirs)
  row('sefleet policy search', median(...sefleet('search', ...question, whole)))
  row('reading it and 100 questions, one process', hundred)
  print(`  sesearch once : 100 questions = ${(theirs.wall / hundred.wall).toFixed(1)} : 1\n`)

  print('difference of two whole Debian policies')
  for (const edit of edits) {
    const edited = editedPolicy(folder, edit)
    const slow = cost('sediff', whole, edited)
    const fast = median(...sefleet('diff', whole, edited))
    const rules = cost(...sefleet('diff', '--rules', whole, edited))
    print(`  ${edit.name}`)
    row('  sediff', slow)
    row('  sefleet policy diff', fast)
    row('  sefleet policy diff --rules', rules)
    const same = rulesIn(whole, edited)
    const isEqual =
      JSON.stringify(same(await sediff(whole, edited))) ===
      JSON.stringify(same((await sefleetPolicy(['diff', '--rules', whole, edited])).out))
    print(
      `    time ${(slow.wall / fast.wall).toFixed(0)} : 1, memory ${(slow.megabytes / fast.megabytes).toFixed(1)} : 1, rules ${isEqual ? 'equal' : 'DIFFER'}`,
    )
    if (!isEqual) process.exitCode = 1
  }

  print('\na generated pair of the size of Fedora’s: 5,200 types, 430 attributes, 400,000 rules')
  const fixtures = ['base', 'containers', 'rule-csi'].map(name => `test/fixtures/policies/${name}.cil`)
  const [before, after] = [false, true].map(edited => {
    const file = join(folder, edited ? 'after' : 'before')
    writeFileSync(`${file}.cil`, largePolicy(7, edited))
    const words = [
      '-M',
      'true',
      '-c',
      '33',
      '-o',
      `${file}.33`,
      '-f',
      '/dev/null',
      ...fixtures,
      `${file}.cil`,
    ]
    const built = spawnSync('secilc', words, { encoding: 'utf8' })
    if (built.status !== 0) throw new Error(built.stderr)
    return `${file}.33`
  })
  if (before !== undefined && after !== undefined) {
    row('sefleet policy diff', median(...sefleet('diff', before, after)))
    print(`  its first line: ${(await sefleetPolicy(['diff', before, after])).out.split('\n')[0]}`)
    row('sefleet policy diff --rules', cost(...sefleet('diff', '--rules', before, after)))
  }

  const numRuns = Number(process.env['BENCH_QUERIES'] ?? '2000')
  const seed = Date.now() % 1_000_000_007
  print(`\n${numRuns} generated queries on Debian’s whole policy beside sesearch, seed ${seed}`)
  const setools = startSetools()
  await agreeOnQueries(setools, whole, { numRuns, seed })
  setools.stop()
  print('  all equal, line for line')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { policyFiles } from '../made-policies/policies.ts'
import { agreeOnQueries } from '../policy/queries.ts'
import { rulesIn, sediff } from '../policy/sediff.ts'
import { sefleetPolicy } from '../policy/sefleet-policy.ts'
import { startSetools } from '../policy/setools.ts'
import { edits, editedPolicy } from './variants.ts'

/*
 * `npm run bench:policy`: beside setools in the same minutes, on Debian's whole policy and on made-up ones of the shape of
 * Fedora's. Needs setools, selinux-policy-default and policycoreutils. BENCH_QUERIES=2000 says how many generated
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

  print(
    '\na made-up pair of the shape of Fedora’s: 5,200 types, 135,000 allow rules, 270,000 transitions by file name',
  )
  const [before, after, older] = [
    `${policyFiles('healthy')}.installed`,
    `${policyFiles({ edits: 400, seed: 7 })}.installed`,
    `${policyFiles('healthy', 32)}.installed`,
  ]
  const peer = median('seinfo', before)
  const focused = median(...sefleet('diff', before, after))
  row('seinfo, which only reads it', peer)
  row('sefleet policy info', median(...sefleet('info', before)))
  row('sefleet policy info, version 32', median(...sefleet('info', older)))
  row('sefleet policy diff', focused)
  print(`  seinfo : sefleet policy diff = ${(peer.wall / focused.wall).toFixed(1)} : 1`)
  print(`  its first line: ${(await sefleetPolicy(['diff', before, after])).out.split('\n')[0]}`)
  row('sefleet policy diff, a version on', median(...sefleet('diff', older, before)))

  print('\nnine such policies in one audit, loaded and installed of each')
  const nine = [
    policyFiles('healthy'),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map(seed => policyFiles({ edits: 40, seed })),
  ]
  row(
    'all comparisons and answers',
    cost(process.execPath, join(import.meta.dirname, 'nine-policies.js'), ...nine),
  )

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

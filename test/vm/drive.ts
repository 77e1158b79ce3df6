import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Audit, NodeAudit } from '../../src/model/audit.ts'
import type { Suspect } from '../../src/model/drift.ts'
import { piecesOf } from '../../src/report/commands.ts'
import { linesOf } from '../../src/report/lines.ts'
import { problemsOf } from '../../src/report/problems.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { startedGuest } from './guest.ts'

interface Step {
  readonly name: string
  readonly guest?: readonly string[]
  readonly user: string
  readonly become?: boolean
  readonly exit: number
  readonly outcomes: Readonly<Record<string, string>>
  readonly denials?: readonly { readonly signature: string; readonly active: boolean }[]
  /** The first suspect of a check: a package, from one version to another, by mechanism. */
  readonly suspect?: {
    readonly check: string
    readonly name: string
    readonly from: string
    readonly to: string
  }
  /** A check whose failure has not come to its processes yet. */
  readonly latent?: string
  /** Before the audit the roll-back that the last one printed is run in the guest. */
  readonly rollBack?: true
  /** Before the audit these commands are run in the guest: the last audit printed each of them, as what to do about this check. */
  readonly printed?: {
    readonly check: string
    readonly commands: readonly string[]
    /** What the last of them is run on, where it is printed without. */
    readonly on?: string
  }
  /** By check: what its findings, or its reason, must say. */
  readonly says?: Readonly<Record<string, readonly string[]>>
}

const [, , script = '', name = ''] = process.argv
const { quiet, steps: every } = parseYaml(readFileSync('test/vm/expected.yaml', 'utf8')).value as {
  quiet: readonly string[]
  steps: readonly Step[]
} // our own data
const only = process.env['SEFLEET_VM_STEPS']
const steps = every.filter(step => only === undefined || new RegExp(only).test(step.name))

const guest = startedGuest(script, name)
const { vm, folder } = guest

const audit = (
  step: Step,
): { readonly exit: number; readonly node: NodeAudit; readonly all: Audit; readonly said: string } => {
  const { exit, said } = guest.ask([
    'audit',
    '-u',
    step.user,
    '-o',
    join(folder, 'reports'),
    ...(step.become ? ['-b'] : []),
  ])
  const all = JSON.parse(readFileSync(join(folder, 'reports', 'latest', 'audit.json'), 'utf8')) as Audit // just written by the tool
  const [node] = all.nodes
  if (!node) throw new Error(`no node in the audit:\n${said}`)
  return { exit, node, all, said }
}

const suspectsOf = ({ baseline }: Audit): readonly Suspect[] =>
  baseline?.state === 'compared' ? baseline.suspects : []

const suspectMistakes = ({ suspect, latent }: Step, all: Audit): readonly string[] => {
  const found = suspectsOf(all).find(({ check }) => check === suspect?.check)
  const { cause, basis, since, rollBack } = found ?? {}
  const isRight =
    suspect === undefined ||
    (cause?.name === suspect.name &&
      cause.from === suspect.from &&
      cause.to === suspect.to &&
      basis === 'mechanism' &&
      since !== undefined &&
      rollBack?.length === 1)
  const told = problemsOf(all).find(({ check }) => check.id === latent)
  const isLatent = latent === undefined || (told !== undefined && linesOf(told, all).latent !== undefined)
  return [
    ...(isRight ? [] : [`first suspect of ${suspect?.check ?? ''}: ${JSON.stringify(found ?? 'none')}`]),
    ...(isLatent ? [] : [`no latent damage is told of ${latent ?? ''}`]),
  ]
}

/** What an audit prints to do about a check, as commands. */
const commandsOf = (check: string, { checks, nodes }: Audit): readonly string[] =>
  [
    checks.find(({ id }) => id === check)?.remedy,
    ...nodes
      .flatMap(({ outcomes }) => outcomes.filter(one => one.check === check))
      .flatMap(({ next, findings = [] }) => [next, ...findings.map(({ remedy }) => remedy)]),
  ]
    .flatMap(remedy => piecesOf(remedy ?? ''))
    .filter(({ isCommand }) => isCommand)
    .map(({ text }) => text)

const runPrinted = ({ printed }: Step, last: Audit | undefined): void => {
  if (!printed) return
  const { check, commands, on } = printed
  const known = last ? commandsOf(check, last) : []
  for (const [index, command] of commands.entries()) {
    if (!known.includes(command)) throw new Error(`${check} prints no ${command}: ${known.join(', ')}`)
    const whole = on !== undefined && index === commands.length - 1 ? `${command} ${on}` : command
    process.stdout.write(`     running: ${whole}\n`)
    vm(['ssh', name, whole])
  }
}

const silences = ({ says = {} }: Step, { outcomes }: NodeAudit): readonly string[] =>
  Object.entries(says).flatMap(([check, words]) => {
    const outcome = outcomes.find(one => one.check === check)
    const said = [outcome?.reason, ...(outcome?.findings ?? []).map(({ message }) => message)].join('; ')
    return words.filter(word => !said.includes(word)).map(word => `${check} does not say ${word}: ${said}`)
  })

const mistakesOf = (step: Step, { exit, node, all }: ReturnType<typeof audit>): readonly string[] => [
  ...suspectMistakes(step, all),
  ...silences(step, node),
  ...(exit === step.exit ? [] : [`exit ${exit}, expected ${step.exit}`]),
  ...node.outcomes
    .filter(({ check }) => !quiet.includes(check))
    .filter(
      ({ check, status }) =>
        status !== (step.outcomes[check] ?? (step.name === 'package removed' ? status : 'pass')),
    )
    .map(
      ({ check, status, reason }) =>
        `${check}: ${status} (${reason ?? ''}), expected ${step.outcomes[check] ?? 'pass'}`,
    ),
  // A node whose package is gone is broken, not beside the point.
  ...(step.name === 'package removed'
    ? node.outcomes
        .filter(({ check, status }) => status === 'not-applicable' && !quiet.includes(check))
        .map(({ check }) => `${check}: not-applicable`)
    : []),
  ...(step.denials ?? [])
    .filter(
      wanted =>
        !node.denials.some(
          ({ signature, active }) => signature === wanted.signature && active === wanted.active,
        ),
    )
    .map(({ signature, active }) => `no ${active ? 'active' : 'past'} denial ${signature}`),
]

const table: Record<string, Record<string, string>> = {}
let failed = 0
let advised: readonly string[] = []
let last: Audit | undefined
try {
  for (const step of steps) {
    if (step.rollBack) {
      const [advice] = advised
      if (!advice) throw new Error('nothing was advised')
      process.stdout.write(`     running: ${advice}\n`)
      vm(['ssh', name, advice])
    }
    if (step.guest) {
      vm(step.guest.map(word => (word === 'NAME' ? name : word)))
      // The sidecars try again every 3 s; give each two tries.
      await pause(8000)
    }
    runPrinted(step, last)
    const result = audit(step)
    last = result.all
    advised = suspectsOf(result.all).flatMap(({ rollBack }) =>
      rollBack.flatMap(one => ('do' in one ? [one.do] : [])),
    )
    const mistakes = mistakesOf(step, result)
    table[step.name] = Object.fromEntries(
      result.node.outcomes
        .map(({ check, status }) => [check, status] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    )
    process.stdout.write(
      `${mistakes.length === 0 ? 'ok  ' : 'FAIL'} ${step.name}: exit ${result.exit}\n${mistakes.map(line => `       ${line}\n`).join('')}`,
    )
    if (mistakes.length > 0) {
      failed += 1
      process.stdout.write(result.said)
    }
  }
} finally {
  if (only === undefined) writeFileSync('test/vm/outcomes.json', `${JSON.stringify(table, undefined, 2)}\n`)
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(`${steps.length - failed} of ${steps.length} steps as expected\n`)
process.exitCode = failed === 0 ? 0 : 1

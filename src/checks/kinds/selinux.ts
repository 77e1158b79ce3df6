import { z } from 'zod'
import type { ReadAsk } from '../../model/ask.ts'
import type { Kind, Knowledge } from '../../model/check.ts'
import type { Judgement } from '../../model/outcome.ts'
import {
  fail,
  finding,
  notApplicableIfComplete,
  passIfComplete,
  unknown,
  unknownBecause,
} from '../judgements.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { judgeOff, judgeOnPaper, kernelWithout, osAsk } from '../selinux-off.ts'
import { policyPackagesAsk } from '../policy-packages.ts'
import { judgeInstalledPolicy, policyFilesAsk } from '../installed-policy.ts'
import { judgeNextBoot, nextBootAsks } from '../next-boot.ts'
import { judgeContainerTypes } from '../container-types.ts'
import { judgeLabelling, labellingAsks } from '../labelling.ts'
import { judgePendingRelabel } from '../pending-relabel.ts'
import { judgePackagedPolicy, packagedPolicyAsks } from '../packaged-policy.ts'
import { isExtended, ownerAsks } from '../whose-policy.ts'
import { judgeModules, modulesAsk } from '../selinux-modules.ts'

export const selinuxSchema = z
  .union([
    z.strictObject({ mode: z.enum(['enforcing', 'permissive']).describe('The mode that runs.') }),
    z.strictObject({
      configured: z
        .enum(['as-running', 'as-booted'])
        .describe(
          'The next boot brings the mode that runs, and /etc/selinux/config says it; or, `as-booted`, whatever says it: the kernel’s command line wins.',
        ),
    }),
    z.strictObject({
      relabel: z
        .enum(['none', 'unforced'])
        .describe(
          'The next boot does not label all files anew; or, `unforced`, does not do so by force, which drops categories.',
        ),
    }),
    z.strictObject({
      modules: z.literal('as-installed').describe('Each policy package’s module is loaded.'),
    }),
    z.strictObject({
      policy: z
        .enum(['as-installed', 'as-packaged'])
        .describe('The loaded policy means what the installed one does; it came with the installed package.'),
    }),
    z.strictObject({
      packages: z.literal('as-next-boot').describe('The next boot brings no other policy packages.'),
    }),
    z.strictObject({
      labelling: z
        .enum(['on', 'off', 'as-configured'])
        .describe(
          'The container runtime’s SELinux labelling, or that it is in effect where it is switched on.',
        ),
    }),
    z.strictObject({
      containerTypes: z
        .enum(['known', 'known-or-mapped', 'installed'])
        .describe(
          'The policy has the types of containers, or the profile’s `componentTypes` name others, or their package is installed.',
        ),
    }),
    z.strictObject({
      presence: z
        .literal('on-paper')
        .describe(
          'SELinux is configured and not in effect, on a system that does without it unless somebody sets it up; for `lowered`.',
        ),
    }),
    z.strictObject({ denials: z.literal('recorded').describe('Denials are recorded and can be read.') }),
    z.strictObject({
      booleans: z
        .union([z.literal('as-installed'), z.record(z.string(), z.boolean())])
        .describe('`as-installed`, or booleans by name with `true` or `false`.'),
    }),
  ])
  .describe('The state of SELinux itself; exactly one of these keys.')
type Params = z.infer<typeof selinuxSchema>

const denialsAsk = { probe: 'denials', params: {} } as const
const processesAsk = { probe: 'processes', params: {} } as const
const booleansAsk = { probe: 'booleans', params: {} } as const

/** The state of SELinux itself: modes, modules, policy, booleans, what the next boot brings, the runtime's labelling switch, whether denials are recorded. */
export const selinux: Kind<Params> = {
  name: 'selinux',
  schema: selinuxSchema,
  asks: (params, knowledge) => {
    if ('modules' in params) return [selinuxAsk, modulesAsk, policyPackagesAsk(knowledge), processesAsk]
    if ('labelling' in params) return [selinuxAsk, ...labellingAsks(knowledge)]
    if ('containerTypes' in params) return [...ownerAsks(knowledge), ...knowledge.containerPolicies.asks]
    if ('denials' in params) return [selinuxAsk, denialsAsk]
    if ('policy' in params)
      return params.policy === 'as-installed' ? [selinuxAsk, policyFilesAsk] : packagedPolicyAsks(knowledge)
    if ('packages' in params) return [selinuxAsk, ...nextBootAsks(knowledge)]
    if ('booleans' in params)
      return [selinuxAsk, params.booleans === 'as-installed' ? policyFilesAsk : booleansAsk]
    return [selinuxAsk, osAsk]
  },
  judges: params => {
    if ('mode' in params) return [{ type: 'mode', name: 'running' }]
    if ('configured' in params) return [{ type: 'mode' }]
    if ('modules' in params) return [{ type: 'module' }]
    if ('booleans' in params) return [{ type: 'boolean' }]
    return []
  },
  judge: (params, read, knowledge) => {
    if ('mode' in params) return judgeMode(params.mode, read, knowledge)
    if ('configured' in params) return judgeConfigured(params.configured, read)
    if ('presence' in params) return judgeOnPaper(read, knowledge)
    // A guard lets through what it does not know to be another's: what follows says why it cannot judge.
    if ('containerTypes' in params && params.containerTypes !== 'installed')
      return judgeContainerTypes(params.containerTypes, read, knowledge)
    const without = withoutSelinux(read)
    if (without) return without
    if ('relabel' in params) return judgePendingRelabel(params.relabel, read)
    if ('modules' in params) return judgeModules(read, knowledge)
    if ('labelling' in params) return judgeLabelling(params.labelling, read, knowledge)
    if ('containerTypes' in params) return judgeContainerTypes(params.containerTypes, read, knowledge)
    if ('denials' in params) return judgeLog(read)
    if ('policy' in params)
      return params.policy === 'as-installed'
        ? judgeInstalledPolicy('policy', read)
        : judgePackagedPolicy(read, knowledge)
    if ('packages' in params) return judgeNextBoot(read, knowledge)
    return params.booleans === 'as-installed'
      ? judgeInstalledPolicy('booleans', read)
      : judgeBooleans(params.booleans, read)
  },
}

const judgeMode = (mode: 'enforcing' | 'permissive', read: ReadAsk, knowledge: Knowledge): Judgement => {
  const state = read(selinuxAsk)
  if (state.state === 'unreadable') return unknownBecause('SELinux state', state)
  const { running, configured, commandLine } = state.value
  const words = commandLine.length > 0 ? [`kernel command line: ${commandLine.join(' ')}`] : []
  if (running === mode) return passIfComplete(state, `running ${running}`)
  if (running === 'absent' || running === 'disabled') return judgeOff(mode, state, read, knowledge)
  return fail({
    ...finding(
      `mode ${running}`,
      `SELinux is ${running}${configured ? ` (configured ${configured})` : ''}, expected ${mode}`,
      words,
    ),
    ...(mode === 'enforcing' ? { remedy: toEnforce(read, knowledge) } : {}),
  })
}

/** How a permissive node is made to enforce: by a command only where its policy is known to be one for what runs there. */
const toEnforce = (read: ReadAsk, { containerPolicies }: Knowledge): string =>
  isExtended(read, containerPolicies)
    ? 'Once it is known why it is so, and nothing more on this node fails or would be refused: `setenforce 1`, and SELINUX=enforcing in /etc/selinux/config (and no enforcing=0 on the kernel’s command line).'
    : `Leave it permissive for now: this policy is none that ${containerPolicies.package} extends, so enforcing it may stop the node’s containers, or the node. See first what it would refuse (denials are logged while it is permissive) and what its maker says of enforcing it; then try it on a node that can be missed.`

const judgeConfigured = (wanted: 'as-running' | 'as-booted', read: ReadAsk): Judgement => {
  const state = read(selinuxAsk)
  if (state.state === 'unreadable') return unknownBecause('SELinux state', state)
  const { running, configured, commandLine } = state.value
  const shown = running === 'absent' ? 'disabled' : running
  const without = kernelWithout(state.value)
  if (shown === 'disabled' && without !== undefined && configured !== undefined && configured !== 'disabled')
    return fail(
      finding(
        `configured ${configured}`,
        `SELinux is configured ${configured}, and ${without}: neither now nor after the next boot does SELinux run`,
        [`SELINUX=${configured}`],
      ),
    )
  if (configured === undefined) {
    if (running === 'absent')
      return notApplicableIfComplete(state, 'this kernel runs without SELinux and none is configured')
    return unknown('/etc/selinux/config has no SELINUX= line')
  }
  // The command line wins over the file at the next boot: enforcing=0|1 and selinux=0.
  const word = commandLine.findLast(one => one.startsWith('enforcing=') || one === 'selinux=0')
  const next =
    word === undefined
      ? configured
      : word === 'enforcing=1'
        ? 'enforcing'
        : word === 'selinux=0'
          ? 'disabled'
          : 'permissive'
  if (configured !== shown && next === shown) {
    const reason = `/etc/selinux/config says ${configured}, and only the kernel command line keeps this node ${shown}: each boot is ${shown} as long as ${word} stands there`
    return wanted === 'as-booted'
      ? passIfComplete(state, reason)
      : fail(
          finding(`configured ${configured}`, reason, [
            `SELINUX=${configured}`,
            `kernel command line: ${word}`,
          ]),
        )
  }
  if (configured !== shown)
    return fail(
      finding(
        `configured ${configured}`,
        `SELinux runs ${shown} but is configured ${configured}: after the next boot it is ${next}`,
        [`SELINUX=${configured}`, ...(word ? [`kernel command line: ${word}`] : [])],
      ),
    )
  if (next !== shown)
    return fail(
      finding(`boots ${next}`, `the kernel command line says ${word}: the next boot is ${next}`, [
        `kernel command line: ${word}`,
      ]),
    )
  return passIfComplete(state, `running and configured ${shown}`)
}

const judgeLog = (read: ReadAsk): Judgement => {
  const reading = read(denialsAsk)
  if (reading.state === 'unreadable') return unknownBecause('denials', reading)
  const since = reading.coverage?.since
  return passIfComplete(
    reading,
    `${reading.value.source}${since === undefined ? '' : `, since ${new Date(since * 1000).toISOString().slice(0, 16)}Z`}`,
  )
}

const judgeBooleans = (wanted: Readonly<Record<string, boolean>>, read: ReadAsk): Judgement => {
  const reading = read(booleansAsk)
  if (reading.state === 'unreadable') return unknownBecause('booleans', reading)
  const states = Object.entries(wanted).map(([name, value]) => ({
    name,
    value,
    state: reading.value.find(one => one.name === name),
  }))
  const wrong = states.filter(({ state, value }) => state && state.current !== value)
  if (wrong.length > 0)
    return fail(
      ...wrong.map(({ name, value }) => ({
        ...finding(
          `boolean ${name}`,
          `the boolean ${name} is ${value ? 'off' : 'on'}, expected ${value ? 'on' : 'off'}`,
        ),
        ...(/^\w+$/.test(name) ? { remedy: `\`setsebool -P ${name} ${value ? 'on' : 'off'}\`` } : {}),
      })),
    )
  const unseen = states.find(({ state }) => !state)
  if (unseen) return unknown(`this policy has no boolean ${unseen.name}`)
  return passIfComplete(
    reading,
    states.map(({ name, value }) => `${name} ${value ? 'on' : 'off'}`).join(', '),
  )
}

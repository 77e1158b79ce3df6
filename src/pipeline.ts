import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SefleetError } from './errors.ts'
import { loadWaivers, parseWaivers, readWaivers } from './checks/waivers.ts'
import { shippedTypes } from './checks/shipped.ts'
import { keepFor } from './checks/keep.ts'
import { loadKnowledge, loadProfiles, loadShipped, loadStoredProfiles } from './checks/load.ts'
import { collect } from './collect/collect.ts'
import { buildScripts, type Scripts } from './collect/script.ts'
import { compareWithBaseline } from './compare/baseline.ts'
import { raiseLostAccess } from './compare/lost-access.ts'
import { baselineNotes } from './compare/notes.ts'
import { outliersOf } from './compare/outliers.ts'
import { withBroken } from './evaluate/broken.ts'
import { auditOfOne, culpritsOf, evaluationOf } from './evaluate/culprits.ts'
import { evaluate, plannedAsks } from './evaluate/evaluate.ts'
import { settle } from './evaluate/settle.ts'
import type { AllowMissing } from './evaluate/verdict.ts'
import { loadInventory, type LoadOptions } from './inventory/load.ts'
import { type OnlyNodes, selectNodes } from './inventory/select.ts'
import type { Audit, Baseline } from './model/audit.ts'
import type { Evaluation } from './model/evaluation.ts'
import type { Knowledge, Profile } from './model/check.ts'
import type { HostKeyPolicy } from './model/host-keys.ts'
import type { BecomeBy, ConnectionKind, Node } from './model/node.ts'
import type { NodeRecord } from './model/record.ts'
import type { GateLevel } from './model/severity.ts'
import { reportFormats, type ReportFormat } from './model/report-format.ts'
import type { Waiver } from './model/waiver.ts'
import { fleetPolicies } from './policy/fleet/fleet-policies.ts'
import { mainFiles, report } from './report/report.ts'
import { openRun } from './store/open.ts'
import { writeMissing } from './store/unanswered.ts'
import { policiesIn, policiesInAny, policyKeep } from './store/policies.ts'
import { onlyNodes, readRun, type StoredRun } from './store/read.ts'
import { profilePath, readSource, waiversPath } from './store/sources.ts'
import { removeRunFiles, writeRunFile } from './store/files.ts'
import { openTransport, type TransportOptions } from './transport/transport.ts'
import { version } from './version.ts'

/*
 *   inventory ─▶ collect ─▶ snapshot ─▶ evaluate ─▶ compare ─▶ report
 *               (SSH)      (on disk)   (pure)      (pure)     (pure: result → files)
 */

/** Selects the nodes and writes the script; whatever is wrong before a node is touched is wrong here. */
export const planRun = (request: PlanRequest): Plan => {
  const { knowledge, profiles, waivers } = planJudgement(request)
  const inventory = loadInventory(request.inventories, request)
  const nodes = selectNodes(inventory, request)
  const scripts = buildScripts(plannedAsks(profiles, knowledge), request.nodeSeconds)
  const limits = [request.limit ?? [], request.only?.what ?? []].flat()
  const selection = { nodes, ...(limits.length > 0 ? { limit: limits.join(', ') } : {}) }
  return { knowledge, profiles, ...selection, ...scripts, ...(waivers ? { waivers } : {}) }
}

/** What nodes are to be judged by; a mistake in it is known before anything else is done. */
export const planJudgement = (
  request: Pick<PlanRequest, 'profiles' | 'waivers'>,
): Pick<Plan, 'knowledge' | 'profiles' | 'waivers'> => {
  const knowledge = loadKnowledge()
  const profiles = loadProfiles(request.profiles, knowledge)
  if (request.waivers === undefined || request.waivers === 'none') return { knowledge, profiles }
  const waivers = { file: request.waivers, text: readWaivers(request.waivers) }
  parseWaivers(waivers.text, waivers.file, knownChecks(profiles, knowledge))
  return { knowledge, profiles, waivers }
}

// Those of the run, and all that are shipped.
const knownChecks = (profiles: readonly Profile[], knowledge: Knowledge): readonly string[] => [
  ...new Set(
    [...profiles, ...loadShipped(knowledge).map(({ profile }) => profile)].flatMap(({ checks }) =>
      checks.map(({ id }) => id),
    ),
  ),
]

/** Asks the nodes and keeps what they say as they say it; afterwards the snapshot is on disk. */
export const collectRun = async (
  plan: Plan,
  options: CollectRunOptions,
): Promise<{ readonly folder: string }> => {
  const { connect, close } = openTransport(options.transport, plan.nodes)
  const run = await openRun({
    root: options.root,
    run: {
      tool: version,
      startedAt: options.now(),
      nodes: plan.nodes.map(({ name }) => name),
      profiles: plan.profiles.map(({ name, sha256, own }) => ({ name, sha256, ...(own ? { own } : {}) })),
      ...(plan.waivers ? { waivers: { file: plan.waivers.file, sha256: sha256Of(plan.waivers.text) } } : {}),
      script: plan.script.sha256,
      ...(plan.limit === undefined ? {} : { limit: plan.limit }),
    },
    sources: [
      ...plan.profiles.map(({ name, text }) => ({ path: profilePath(name) ?? '', text })),
      ...(plan.waivers ? [{ path: waiversPath, text: plan.waivers.text }] : []),
    ],
  })
  const keep = keepFor(plan.profiles, plan.knowledge)
  const answered = new Set<string>()
  const onRecord = async (record: NodeRecord) => {
    await run.append(record)
    if (record.status === 'answered') answered.add(record.node)
    options.onRecord(record)
  }
  const policies = policyKeep(options.root, run.folder)
  await collect({ ...plan, ...options, connect, keep, policies, onRecord }).finally(close)
  await writeMissing(run, answered)
  await run.finish(options.signal.aborted ? 'interrupted' : 'finished', options.now())
  return { folder: run.folder }
}

/** Judges a snapshot anew, compares it with an earlier one, and writes its reports beside it. */
export const reportRun = async (folder: string, options: ReportRunOptions): Promise<Audit> => {
  const audit = await judgeRun(folder, options)
  // What an earlier verdict left here is written anew too: a run's folder never holds two of them.
  const formats = reportFormats.filter(
    format => options.formats.includes(format) || existsSync(join(folder, mainFiles[format])),
  )
  const write = async (judged: Audit): Promise<Audit> => {
    if (formats.includes('remedies')) await removeRunFiles(folder, 'remedies')
    for (const { path, content } of report(judged, { formats })) await writeRunFile(folder, path, content)
    options.onWritten?.(judged)
    return judged
  }
  try {
    return await write(audit)
  } catch (error) {
    if (error instanceof SefleetError) throw error
    const bugs = await culpritsOf(
      audit.nodes.map(({ name }) => name),
      error,
      {
        doing: 'wrote the report of this node',
        attempt: async name => {
          const alone = auditOfOne(audit, name)
          for (const { content } of report(alone, { formats }))
            if (typeof content !== 'string') Array.from(content)
          options.onWritten?.(alone)
        },
      },
    )
    return write(withBroken(audit, bugs, options.allowMissing))
  }
}

/** The same, without writing anything. */
export const judgeRun = async (folder: string, options: JudgeRunOptions): Promise<Audit> => {
  const snapshot = await readRun(folder)
  const knowledge = loadKnowledge()
  const profiles = options.profiles
    ? loadProfiles(options.profiles, knowledge)
    : loadStoredProfiles(await storedProfiles(snapshot), knowledge)
  const judge = ({ info, records, folder: where }: StoredRun): Promise<Evaluation> =>
    evaluate(records(), { ...options, run: info, profiles, knowledge, policies: policiesIn(where) })
  const evaluation = await judge(snapshot)
  const runs = options.baselines ?? []
  const asks = [...evaluation.policyAsks.values()].flat()
  const compare = (one: Evaluation): Promise<Baseline | undefined> =>
    compareWithBaseline(one, {
      runs,
      judge: async (run, names) => judge(names ? onlyNodes(await readRun(run), names) : await readRun(run)),
      fleet: fleetPolicies(policiesInAny([folder, ...runs]), asks, shippedTypes()),
      knowledge,
    })
  const compared = async (one: Evaluation) => {
    const found = await compare(one)
    return {
      audit: raiseLostAccess(one.audit, found),
      baseline: found,
      outliers: outliersOf(one.audit.nodes, one.facets),
    }
  }
  const { audit, baseline, outliers } = await compared(evaluation).catch(async (error: unknown) => {
    const bugs = await culpritsOf(
      evaluation.audit.nodes.map(({ name }) => name),
      error,
      {
        doing: 'compared this node',
        attempt: name => compared(evaluationOf(evaluation, one => one === name)),
      },
    )
    const sound = await compared(evaluationOf(evaluation, name => !bugs.has(name)))
    return {
      ...sound,
      audit: withBroken(raiseLostAccess(evaluation.audit, sound.baseline), bugs, options.allowMissing),
    }
  })
  const waivers =
    options.waivers === undefined
      ? await storedWaivers(snapshot)
      : options.waivers === 'none'
        ? []
        : loadWaivers(options.waivers, knownChecks(profiles, knowledge))
  const notes = baselineNotes(baseline, {
    startedAt: snapshot.info.startedAt,
    failOn: options.failOn,
    wanted: options.baselines !== undefined,
  })
  return settle(
    {
      ...audit,
      outliers,
      notes: [...audit.notes, ...notes],
      ...(baseline ? { baseline } : {}),
    },
    { ...options, waivers },
  )
}

const storedProfiles = ({ folder, info }: StoredRun) =>
  Promise.all(
    info.profiles.map(async ({ name, sha256, own }) => {
      const path = profilePath(name)
      const text = path === undefined ? undefined : await readSource(folder, path, sha256)
      return { name, own, text, place: join(folder, path ?? 'profiles') }
    }),
  )

// Those that the run was given, whatever it is judged by now.
const storedWaivers = async ({ folder, info: { waivers } }: StoredRun): Promise<readonly Waiver[]> => {
  const text = waivers && (await readSource(folder, waiversPath, waivers.sha256))
  if (waivers === undefined || text === undefined) return []
  return parseWaivers(text, waivers.file)
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

export interface PlanRequest extends LoadOptions {
  readonly inventories: readonly string[]
  readonly limit?: string
  /** And of these only those that a run has no answer of. */
  readonly only?: OnlyNodes
  readonly profiles: readonly string[]
  /** A file that will be wanted afterwards; a mistake in it is better known before. */
  readonly waivers?: string
  readonly nodeSeconds: number
  readonly become: boolean
  /** How root is become where the inventory does not say it. */
  readonly becomeBy?: BecomeBy
  /** How to reach nodes of which the inventory does not say it; `ssh` unless given. */
  readonly connection?: ConnectionKind
  /** What the command line says of host keys; what an inventory switches off is told unless it says so too. */
  readonly hostKeys?: HostKeyPolicy
  /** Hears sentences for stderr. */
  readonly warn: (sentence: string) => void
}

/** All that is decided before the first node is touched. */
export interface Plan extends Scripts {
  readonly knowledge: Knowledge
  readonly profiles: readonly Profile[]
  readonly nodes: readonly Node[]
  /** What limited the selection. */
  readonly limit?: string
  readonly waivers?: { readonly file: string; readonly text: string }
}

export interface CollectRunOptions {
  readonly root: string
  readonly transport: TransportOptions
  readonly forks: number
  readonly become: boolean
  readonly nodeSeconds: number
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** For all nodes together. */
  readonly deadlineSeconds?: number
  readonly onRecord: (record: NodeRecord) => void
}

export interface ReportRunOptions extends JudgeRunOptions {
  readonly formats: readonly ReportFormat[]
  /** Called once the files are there; a bug that it meets is met with the node’s record, as one met while they are written. */
  readonly onWritten?: (audit: Audit) => void
}

export interface JudgeRunOptions {
  /** Names or files; absent: those the run was collected with. */
  readonly profiles?: readonly string[]
  readonly gate: GateLevel
  readonly allowMissing: AllowMissing
  readonly failOn: 'any' | 'new'
  /** A file, or `none`; absent: those the run was given. */
  readonly waivers?: string
  /** The folders of the runs to compare with, newest first: the baseline, then where its missing nodes are looked for; absent: none is wanted. */
  readonly baselines?: readonly string[]
}

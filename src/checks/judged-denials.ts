import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial, DenialLog, JudgedDenial, Signature } from '../model/denial.ts'
import { isComplete } from '../model/reading.ts'
import { adviceOf } from './denial-advice.ts'
import { keepsOf } from './denial-effect.ts'
import { ownerOf } from './denial-domains.ts'
import { reasonsAgainst, withoutBroadBooleans } from './denial-rule.ts'
import { objectOf } from './denied-object.ts'
import { placeOfObject } from './denied-place.ts'
import { matcherOf } from './components.ts'
import { booleansAsk } from './condition.ts'
import { endedQuietly, quietAsks } from './quiet-denials.ts'
import { fittingSignature, isAt, signatureAsks } from './signatures.ts'
import { versionsAsk } from './runtimes.ts'

export const denialsAsk = { probe: 'denials', params: {} } as const
const osAsk = { probe: 'os', params: {} } as const
const selinuxAsk = { probe: 'selinux', params: {} } as const
const processesAsk = { probe: 'processes', params: {} } as const

/** What judging needs beside the log itself. */
export const denialAsks = (knowledge: Knowledge): readonly Ask[] => [
  denialsAsk,
  osAsk,
  selinuxAsk,
  processesAsk,
  versionsAsk(knowledge),
  ...signatureAsks(knowledge),
  ...quietAsks(knowledge),
]

/**
 * Judges each group by what the node proves: whether it is active (last seen after the latest of policy load, mode change and boot,
 * and not allowed meanwhile), whose process it was, what it was about, what it keeps from working and what helps. The audit's own
 * session is left out.
 */
export const judgeDenials = (
  log: DenialLog,
  read: ReadAsk,
  knowledge: Knowledge,
): readonly JudgedDenial[] => {
  const boundary = latestChange(log, read)
  const own = ownSession(read)
  return log.denials
    .filter(denial => !(own && denial.source === own.type && denial.firstSeen >= own.since))
    .map(denial => judgeOne(denial, boundary, read, knowledge))
}

interface Moment {
  readonly time: number
  readonly name: string
}

const judgeOne = (given: Denial, boundary: Moment, read: ReadAsk, knowledge: Knowledge): JudgedDenial => {
  const denial = withoutBroadBooleans(given, knowledge)
  const { policy, ...record } = denial
  const owner = ownerOf(denial, knowledge.domains)
  const place = placeOfObject(denial, owner, read, knowledge)
  const object = objectOf(denial, owner, place)
  const fitting = fittingSignature(denial, object.kind, read, knowledge)
  // A layer is one whoever mounted it.
  const asMounted = place?.is === 'image' ? { ...denial, devices: ['overlay'] } : denial
  const keeps = keepsOf(asMounted, read, knowledge)
  const { attributes, ...present } = policy ?? { attributes: undefined }
  const known = {
    ...(fitting ? { signature: fitting.signature.id } : {}),
    ...(attributes ? { present: present as NonNullable<JudgedDenial['present']> } : {}), // the view without its attributes
  }
  return {
    ...record,
    ...standingOf(denial, boundary, fitting?.signature, read, knowledge),
    owner,
    ...(object.words === undefined ? {} : { object: object.words }),
    ...(keeps ? { keeps } : {}),
    ...known,
    ...(fitting?.signature.harm ? { harm: fitting.signature.harm } : {}),
    ...adviceOf(denial, { fitting, keeps, object, knowledge }),
    withheld: reasonsAgainst(denial, known, knowledge),
  }
}

const standingOf = (
  denial: Denial,
  boundary: Moment,
  signature: Signature | undefined,
  read: ReadAsk,
  knowledge: Knowledge,
): Pick<JudgedDenial, 'active' | 'because'> => {
  if (denial.lastSeen < boundary.time)
    return { active: false, because: `not seen since the ${boundary.name}` }
  const { ends } = signature ?? {}
  const ended = ends && isOnlyAt(ends.paths, denial) ? restartOf(ends.restartOf, read, knowledge) : undefined
  if (ended !== undefined && isBefore(denial.lastSeen, ended, read))
    return { active: false, because: `not seen since ${ends?.restartOf ?? ''} was restarted` }
  if (isAllowedNow(denial, read)) return { active: false, because: 'the loaded policy allows it meanwhile' }
  const quiet = signature && endedQuietly(denial, signature, read, knowledge)
  if (quiet !== undefined) return { active: false, because: quiet }
  return { active: true, because: `seen after the ${boundary.name}` }
}

// One group may hold what was refused on sockets of others, which the restart of this one does not concern.
const isOnlyAt = (places: readonly string[], { paths }: Denial): boolean =>
  paths.length > 0 && paths.every(path => isAt(places, path))

/*
 * Whether the loaded policy certainly allows all of it, with the booleans that the node has now. What one process in a context that is
 * not valid was refused, the types of its record do not tell.
 */
const isAllowedNow = ({ policy, invalidContext }: Denial, read: ReadAsk): boolean =>
  policy !== undefined &&
  policy.denied.length === 0 &&
  policy.undecided === undefined &&
  invalidContext === undefined &&
  isComplete(read(booleansAsk))

/** The latest change that makes what came before it past. */
export const latestChange = (log: DenialLog, read: ReadAsk): Moment => {
  const os = read(osAsk)
  const booted = os.state === 'read' ? os.value.bootedAt : undefined
  const moments = [
    { time: log.policyLoadedAt, name: 'last policy load' },
    { time: log.modeChangedAt, name: 'last change of mode' },
    {
      time: booted,
      name: log.policyLoadedAt === undefined ? 'boot (time of the policy load not in the log)' : 'boot',
    },
  ]
  return moments.reduce<Moment>(
    (latest, { time, name }) => (time !== undefined && time > latest.time ? { time, name } : latest),
    { time: 0, name: 'log’s beginning (neither policy load nor boot is known)' },
  )
}

/** The audit’s own session: its domain, and since when. */
export const ownSession = (read: ReadAsk): { readonly type: string; readonly since: number } | undefined => {
  const state = read(selinuxAsk)
  const table = read(processesAsk)
  if (state.state !== 'read' || table.state !== 'read' || !state.value.ownContext) return undefined
  return { type: state.value.ownContext.type, since: table.value.at - 5 }
}

// A start is known to within two seconds: what was denied in the very moment of a restart, and never again, was before it.
const isBefore = (lastSeen: number, restart: number, read: ReadAsk): boolean => {
  if (lastSeen < restart) return true
  const table = read(processesAsk)
  return lastSeen <= restart + 2 && table.state === 'read' && table.value.at - lastSeen >= longQuiet
}

/** Seconds in which a process that is still refused tries again many times. */
const longQuiet = 600

// The oldest of its processes counts: one that was not restarted may still cause the denial.
const restartOf = (component: string, read: ReadAsk, { components }: Knowledge): number | undefined => {
  const table = read(processesAsk)
  if (table.state !== 'read' || !isComplete(table)) return undefined
  const starts = matcherOf(components)
    .recognise(table.value)
    .filter(one => one.component.id === component)
    .map(({ process }) => process.startedAt)
  const known = starts.filter(start => start !== undefined)
  return known.length > 0 && known.length === starts.length ? Math.min(...known) : undefined
}

import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial, DenialLog, JudgedDenial, Signature } from '../model/denial.ts'
import { isComplete } from '../model/reading.ts'
import { matcherOf } from './components.ts'

export const denialsAsk = { probe: 'denials', params: {} } as const
const osAsk = { probe: 'os', params: {} } as const
const selinuxAsk = { probe: 'selinux', params: {} } as const
const processesAsk = { probe: 'processes', params: {} } as const

/** What deciding between active and past needs beside the log itself. */
export const denialAsks: readonly Ask[] = [denialsAsk, osAsk, selinuxAsk, processesAsk]

/**
 * Judges each group: active when last seen after the latest of policy load, mode change and boot. Where none of the
 * three is known everything is active. The audit's own session is left out.
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
    .map(denial => {
      const signature = knowledge.signatures.find(one => matchesSignature(one, denial))
      const ended =
        signature?.endsWithRestartOf === undefined
          ? undefined
          : restartOf(signature.endsWithRestartOf, read, knowledge)
      const restarted = ended !== undefined && isBefore(denial.lastSeen, ended, read)
      const active = denial.lastSeen >= boundary.time && !restarted
      return {
        ...denial,
        active,
        because: active
          ? `seen after the ${boundary.name}`
          : restarted
            ? `not seen since ${signature?.endsWithRestartOf ?? ''} was restarted`
            : `not seen since the ${boundary.name}`,
        ...(signature
          ? { signature: signature.id, diagnosis: signature.diagnosis, remedy: signature.remedy }
          : {}),
      }
    })
}

const latestChange = (log: DenialLog, read: ReadAsk): { readonly time: number; readonly name: string } => {
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
  return moments.reduce<{ time: number; name: string }>(
    (latest, { time, name }) => (time !== undefined && time > latest.time ? { time, name } : latest),
    { time: 0, name: 'log’s beginning (neither policy load nor boot is known)' },
  )
}

const ownSession = (read: ReadAsk): { readonly type: string; readonly since: number } | undefined => {
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

/** Whether a denial is of a signature's sort: types, class and permissions; categories only where it says so. */
export const matchesSignature = (signature: Signature, denial: Denial): boolean =>
  matchesAny(signature.source, denial.source) &&
  signature.target.some(target =>
    target === 'self' ? denial.source === denial.target : matchesAny([target], denial.target),
  ) &&
  matchesAny(signature.class, denial.class) &&
  (signature.permissions === undefined ||
    signature.permissions.some(one => denial.permissions.includes(one))) &&
  (signature.commands === undefined || denial.commands.some(one => signature.commands?.includes(one))) &&
  (signature.paths === undefined ||
    [...denial.paths, ...(denial.names ?? [])].some(path =>
      signature.paths?.some(end => path.endsWith(end)),
    )) &&
  (signature.categories === undefined || denial.categoriesDiffer === true)

const matchesAny = (names: readonly string[], name: string): boolean =>
  names.some(one => one === '*' || one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1))))

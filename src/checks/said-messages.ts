import type { Ask, ReadAsk } from '../model/ask.ts'
import type { DenialLog } from '../model/denial.ts'
import type { Message } from '../model/message.ts'
import { denialsAsk, latestChange, ownSession } from './judged-denials.ts'
import { selinuxAsk } from './no-selinux.ts'

const osAsk = { probe: 'os', params: {} } as const
const processesAsk = { probe: 'processes', params: {} } as const

/** What deciding between present and past needs beside the messages. */
export const messageAsks: readonly Ask[] = [selinuxAsk, osAsk, processesAsk, denialsAsk]

/**
 * The messages that still stand: refusals as denials do, since the latest of policy load, mode change and boot; a refused policy until
 * another one was loaded; what the kernel's own log says until the next boot, as it says it only once. The audit's own session is left out.
 */
export const presentMessages = (log: DenialLog, read: ReadAsk): readonly Message[] => {
  const own = ownSession(read)
  return (log.messages ?? []).filter(
    message =>
      !(own && message.source === own.type && (message.firstSeen ?? 0) >= own.since) &&
      (message.lastSeen === undefined || message.lastSeen >= standsSince(message, log, read)),
  )
}

const standsSince = (message: Message, log: DenialLog, read: ReadAsk): number => {
  const os = read(osAsk)
  // A boot is known to the second.
  const booted = os.state === 'read' && os.value.bootedAt !== undefined ? os.value.bootedAt - 2 : 0
  const loaded = log.policyLoadedAt ?? 0
  if (message.sort === 'refused-policy') return Math.max(booted, loaded)
  // Every load says them again, a moment before its own record.
  if (message.sort === 'denied-class' || message.sort === 'allowed-class')
    return Math.max(booted, loaded - 120)
  return message.untilBoot ? booted : latestChange(log, read).time
}

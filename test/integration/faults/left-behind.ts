import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const mark = 'SEFLEET_FAULTS'

/** Looks, from now on, for what a run leaves behind or lets through. */
export interface Watch {
  /** What there is, after a bounded wait for it to go. */
  readonly left: () => Promise<readonly string[]>
}

let runs = 0

export const watch = (): Watch => {
  const own = `${process.pid}-${++runs}`
  process.env[mark] = own
  const said: string[] = []
  const hear = (kind: string) => (reason: unknown) =>
    said.push(`${kind}: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`)
  const listeners = (['unhandledRejection', 'uncaughtException', 'warning'] as const).map(
    kind => [kind, hear(kind)] as const,
  )
  for (const [kind, listener] of listeners) process.on(kind, listener)
  const before = resources()
  return {
    left: async () => {
      const end = Date.now() + 10_000
      const look = () => [...more(before, resources()), ...processesWith(`${mark}=${own}`)]
      while (look().length > 0 && Date.now() < end) await pause(50)
      for (const [kind, listener] of listeners) process.off(kind, listener)
      delete process.env[mark]
      return [...said, ...look()]
    },
  }
}

const resources = (): readonly string[] =>
  process
    .getActiveResourcesInfo()
    // Mocha’s own limit of the test is a timer too.
    .filter(name => !/Immediate|TTY|FSReq|Timeout/.test(name))
    .toSorted()

const more = (before: readonly string[], now: readonly string[]): readonly string[] => {
  const known = [...before]
  return now.filter(name => {
    const at = known.indexOf(name)
    if (at >= 0) known.splice(at, 1)
    return at < 0
  })
}

const processesWith = (text: string): readonly string[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(pid => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(text)) return []
        return [`process ${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}`]
      } catch {
        return [] // it ended between the two looks
      }
    })

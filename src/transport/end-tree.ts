import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Ends a command that leads a process group, with all it has started: SIGTERM, and after a moment SIGKILL. Settles when the
 * command is gone, or after two moments if it cannot be ended: what sudo started is root's, and has a `timeout` of its own.
 */
export const endTree = async (child: ChildProcessWithoutNullStreams): Promise<void> => {
  const gone = new Promise<void>(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })
  for (const stream of child.stdio) stream?.destroy()
  // Found before anything is ended: orphans are nobody's descendants.
  const groups = child.pid === undefined ? [] : groupsBelow(child.pid)
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const group of groups) signalGroup(group, signal)
    await Promise.race([gone, pause(momentMilliseconds)])
  }
  child.unref() // it shall not keep this process alive
}

const momentMilliseconds = 500

const signalGroup = (group: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-group, signal)
  } catch {
    // Gone already, or root's.
  }
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly group: number
}

// A process's own group and those of its descendants: each question of the script leads a group.
const groupsBelow = (pid: number): readonly number[] => {
  const all = processes()
  const family = new Set([pid])
  // Grows while it is walked through.
  for (const parent of family) for (const one of all) if (one.parent === parent) family.add(one.pid)
  return [...new Set([pid, ...all.filter(one => family.has(one.pid)).map(({ group }) => group)])]
}

// None where there is no /proc.
const processes = (): readonly Process[] => {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .flatMap(name => processOf(name) ?? [])
  } catch {
    return []
  }
}

// 4711 (tmux: server) S 1 4711 4711 0 …   The name may hold anything, parentheses too.
const processOf = (pid: string): Process | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { pid: Number(pid), parent: Number(parent), group: Number(group) }
  } catch {
    return undefined // ended meanwhile
  }
}

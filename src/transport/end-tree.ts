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
  // Before its pipes break: that may end it, and leave what it started without a parent to be found by.
  const groups = child.pid === undefined ? [] : freeze(child.pid)
  for (const stream of child.stdio) stream?.destroy()
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const group of groups) {
      send(-group, signal)
      send(-group, 'SIGCONT')
    }
    await Promise.race([gone, pause(momentMilliseconds)])
  }
  child.unref() // it shall not keep this process alive
}

const momentMilliseconds = 500
const mostLooks = 10

/** Whether there was somebody to send it to whom we may. */
const send = (target: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(target, signal)
  } catch {
    return false // gone already, or root's
  }
}

/**
 * Stops a session's processes and their descendants, and says which groups they are in: each question of the script leads a
 * group. What is not stopped could leave its group, or its family, between a look and a signal.
 */
const freeze = (session: number): readonly number[] => {
  let family: readonly Process[] = []
  for (let look = 1; ; look++) {
    family = familyOf(session, family)
    const moving = family.filter(({ pid, state }) => !/[TZX]/.test(state) && send(pid, 'SIGSTOP'))
    if (moving.length === 0 || look === mostLooks)
      return [...new Set([session, ...family.map(({ group }) => group)])]
  }
}

interface Process {
  readonly pid: number
  /** One letter: T is stopped, Z and X are over. */
  readonly state: string
  readonly parent: number
  readonly group: number
  readonly session: number
}

const familyOf = (session: number, known: readonly Process[]): readonly Process[] => {
  const all = processes()
  const pids = new Set(known.map(({ pid }) => pid))
  const family = new Set(all.filter(one => one.session === session || pids.has(one.pid)))
  // Grows while it is walked through.
  for (const { pid } of family) for (const one of all) if (one.parent === pid) family.add(one)
  return [...family]
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
    const [state = '', parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      pid: Number(pid),
      state,
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
    }
  } catch {
    return undefined // ended meanwhile
  }
}

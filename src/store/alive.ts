import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { RunInfo } from '../model/run.ts'

type Writer = NonNullable<RunInfo['writer']>

/** This process, as a run's writer. */
export const thisWriter = (): Writer => ({ pid: process.pid, mark: markOf(process.pid) ?? '' })

/** Whether the writer still runs, here; a process that only has its number by chance does not count. */
export const isAlive = ({ pid, mark }: Writer): boolean => markOf(pid) === mark

// On Linux the boot and the moment of the process's start; elsewhere only that the number is in use on this host.
const markOf = (pid: number): string | undefined => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // 4242 (node) S 4241 …: the name may hold blanks and brackets; the start is the 20th field behind it, in ticks.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : `${boot} ${fields[19]}`
  } catch {
    return process.platform === 'linux' ? undefined : markByNumber(pid)
  }
}

const markByNumber = (pid: number): string | undefined => {
  try {
    process.kill(pid, 0)
    return hostname()
  } catch {
    return undefined
  }
}

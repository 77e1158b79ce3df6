import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What Ansible makes of an inventory. */
export interface InventoryAnswer {
  readonly groups: Readonly<Record<string, GroupAnswer>>
  readonly hosts: Readonly<Record<string, HostAnswer>>
  readonly limits: readonly Answered<readonly string[]>[]
  readonly patterns: readonly Answered<readonly string[]>[]
}

export interface GroupAnswer {
  /** With those of its descendants, in Ansible's order. */
  readonly hosts: readonly string[]
  readonly own: readonly string[]
  readonly children: readonly string[]
  readonly depth: number
  readonly priority: number
  /** False where chance decides in which order Ansible walks the groups below. */
  readonly isOrdered: boolean
}

export interface HostAnswer {
  readonly groups: readonly string[]
  /** Each value as the JSON text of ansible-inventory; `{"error": …}` where there is none. */
  readonly variables: Readonly<Record<string, string>>
}

export interface Refusal {
  readonly error: string
}
export type Answered<Value> = Value | Refusal

export interface InventoryCase {
  /** Texts by path; folders are made. */
  readonly files: Readonly<Record<string, string>>
  readonly executable?: readonly string[]
  readonly sources: readonly string[]
  readonly limits?: readonly string[]
  readonly patterns?: readonly string[]
}

interface Asks {
  inventory: [InventoryCase, Answered<InventoryAnswer>]
  address: [{ readonly text: string; readonly ranges: boolean }, Answered<readonly [string, number | null]>]
  range: [{ readonly text: string }, Answered<readonly string[]>]
  split: [{ readonly text: string }, Answered<readonly string[]>]
  literal: [{ readonly text: string }, Answered<string | null>]
  shlex: [{ readonly text: string }, Answered<readonly string[]>]
  glob: [{ readonly pattern: string; readonly text: string }, boolean]
}

/** Asks Ansible (python3-ansible-core) all cases in one process; answers come in their order. */
export const askAnsible = <Ask extends keyof Asks>(
  ask: Ask,
  cases: readonly Asks[Ask][0][],
): readonly Asks[Ask][1][] => {
  const script = join(process.cwd(), 'test/inventory/oracle.py')
  const output = execFileSync(ansiblePython(), [script], {
    input: JSON.stringify(cases.map(data => ({ ask, ...data }))),
    maxBuffer: 256 * 1024 * 1024,
    stdio: 'pipe',
    timeout: 120_000,
  })
  return JSON.parse(output.toString()) as Asks[Ask][1][] // written by oracle.py beside this file
}

export const isRefusal = <Value>(answer: Answered<Value>): answer is Refusal =>
  typeof answer === 'object' && answer !== null && 'error' in answer

// Debian's package serves the system's python3; a pip or pipx installation brings its own.
let python: string | undefined
export const ansiblePython = (): string => {
  python ??= /^ {2}python version = .*\((\/[^)]+)\)$/m.exec(
    execFileSync('ansible', ['--version'], { encoding: 'utf8' }),
  )?.[1]
  return python ?? 'python3'
}

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A condition: its booleans, sorted, and whether it holds by their states, the first being the lowest bit of the row. */
export type Table = readonly [names: readonly string[], rows: string]
/** How something is given: null is always. */
export type Ways = readonly (Table | null)[]

/** What is in a policy, by what setools or our own search says; `SOURCE TARGET:CLASS` is a key. */
export interface Facts {
  /** As the rules are written. */
  readonly direct: Readonly<Record<string, Readonly<Record<string, Ways>>>>
  /** Expanded to types. */
  readonly effective: Readonly<Record<string, Readonly<Record<string, Ways>>>>
  /** `SOURCE TARGET:CLASS NAME`, expanded: where it leads to. */
  readonly transitions: Readonly<Record<string, Readonly<Record<string, Ways>>>>
  readonly conditions: Readonly<Record<string, Table>>
  readonly members: Readonly<Record<string, readonly string[]>>
  readonly types: readonly string[]
  readonly booleans: Readonly<Record<string, boolean>>
  readonly permissive: readonly string[]
  readonly roles: Readonly<Record<string, readonly string[]>>
  readonly ranges: Readonly<Record<string, string>>
}

/** Asks setools, in one process; it knows nothing of sefleet. */
export const startOracle = (): {
  readonly factsOf: (path: string) => Promise<Facts>
  readonly stop: () => void
} => {
  const child = spawn('/usr/bin/python3', ['test/policy/sentences/facts-oracle.py'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    factsOf: async path => {
      child.stdin.write(`${path}\n`)
      const line = await lines.next()
      if (line.done) throw new Error(`setools ended at ${path}`)
      // the shape that facts-oracle.py writes
      return JSON.parse(line.value) as Facts
    },
    stop: () => void child.stdin.end(),
  }
}

/** Equal for ways that come to the same, whatever the booleans. */
export const meaningOf = (ways: Ways): string => {
  if (ways.includes(null)) return 'always'
  const tables = ways.flatMap(way => (way === null ? [] : [way]))
  const names = [...new Set(tables.flatMap(([own]) => own))].toSorted()
  const rows = Array.from({ length: 2 ** names.length }, (_, row) =>
    tables.some(([own, bits]) => {
      const place = own.reduce((sum, name, index) => sum + (((row >> names.indexOf(name)) & 1) << index), 0)
      return bits[place] === '1'
    }),
  )
  if (rows.every(Boolean)) return 'always'
  if (!rows.some(Boolean)) return 'never'
  const needed = names.filter((_, index) => rows.some((value, row) => value !== rows[row ^ (1 << index)]))
  const kept = rows.filter((_, row) =>
    names.every((name, index) => needed.includes(name) || ((row >> index) & 1) === 0),
  )
  return `${needed.join(' ')}: ${kept.map(Number).join('')}`
}

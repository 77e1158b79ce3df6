import { expect } from 'chai'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SefleetError } from '../../src/errors.ts'
import type { Inventory } from '../../src/inventory/inventory.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { pythonJson } from '../../src/inventory/python-text.ts'
import { selectNames } from '../../src/inventory/select.ts'
import { variablesIn } from '../../src/inventory/variables.ts'
import {
  isRefusal,
  type Answered,
  type HostAnswer,
  type InventoryAnswer,
  type InventoryCase,
} from './oracle.ts'
import { layOut } from './written.ts'

/** Lays a case out in a folder of its own, reads it there, and clears up. */
export const withCase = <Result>(
  data: InventoryCase,
  use: (inventory: Inventory, base: string) => Result,
  warn: (sentence: string) => void = () => {},
): Result => {
  const base = mkdtempSync(join(tmpdir(), 'sefleet-inventory-'))
  try {
    layOut(data, base)
    return use(loadInventory(data.sources, { base, warn }), base)
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

/** Expects that we read an inventory as Ansible does: groups, hosts, their order, variables with their types, patterns. */
export const expectAgreement = (inventory: Inventory, data: InventoryCase, answer: InventoryAnswer): void => {
  const said = () => `${JSON.stringify(data.sources)}\n${describe(data)}`
  const sameOrder = Object.values(answer.groups).every(({ isOrdered }) => isOrdered)
  const ordered = (list: readonly string[], keep = sameOrder): readonly string[] =>
    keep ? list : list.toSorted()

  const groups = [...inventory.groups.values()].map(({ name, hosts, members, children, depth, priority }) => {
    const keep = answer.groups[name]?.isOrdered ?? true
    return [name, { hosts: ordered(members, keep), own: hosts, children, depth, priority }] as const
  })
  const theirs = Object.entries(answer.groups).map(
    ([name, { hosts, own, children, depth, priority, isOrdered }]) =>
      [name, { hosts: ordered(hosts, isOrdered), own, children, depth, priority }] as const,
  )
  expect(Object.fromEntries(groups), said()).to.deep.equal(Object.fromEntries(theirs))
  expect([...inventory.hosts.keys()].toSorted(), said()).to.deep.equal(Object.keys(answer.hosts).toSorted())
  const variablesOf = variablesIn(inventory)
  for (const host of inventory.hosts.values()) {
    const ours: HostAnswer = {
      groups: host.groups.toSorted(),
      variables: Object.fromEntries(
        [...variablesOf(host)].map(([name, { value }]) => [name, pythonJson(value)]),
      ),
    }
    const wanted = answer.hosts[host.name]
    expect(ours, `${host.name} in ${said()}`).to.deep.equal(
      wanted && { groups: wanted.groups.toSorted(), variables: wanted.variables },
    )
  }
  for (const [at, limit] of (data.limits ?? []).entries()) {
    expect(ordered(selected(inventory, { limit })), `-l '${limit}' in ${said()}`).to.deep.equal(
      ordered(listed(answer.limits[at])),
    )
  }
  for (const [at, pattern] of (data.patterns ?? []).entries()) {
    // A slice of an order that chance decides is chance itself.
    if (!sameOrder && /\[-?\d+(?:[:-]\d*)?\]$/.test(pattern)) continue
    expect(ordered(selected(inventory, { pattern })), `'${pattern}' in ${said()}`).to.deep.equal(
      ordered(listed(answer.patterns[at])),
    )
  }
}

const describe = ({ files }: InventoryCase): string =>
  Object.entries(files)
    .map(([path, text]) => `--- ${path}\n${text}`)
    .join('\n')

const selected = (
  inventory: Inventory,
  selection: { readonly pattern?: string; readonly limit?: string },
): readonly string[] => {
  try {
    return selectNames(inventory, selection)
  } catch (error) {
    if (error instanceof SefleetError && /^(?:limit-empty|limit-invalid|inventory-empty)$/.test(error.code))
      return []
    throw error
  }
}

// A pattern that is an error there (a bad regular expression, a slice beyond the end) selects nothing here: an error too.
const listed = (answer: Answered<readonly string[]> | undefined): readonly string[] => {
  if (answer === undefined) throw new Error('Ansible gave no answer')
  return isRefusal(answer) ? [] : answer
}

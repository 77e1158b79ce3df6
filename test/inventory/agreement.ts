import { expect } from 'chai'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SefleetError } from '../../src/errors.ts'
import type { Inventory } from '../../src/inventory/inventory.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { isInternal } from '../../src/inventory/show/listing.ts'
import { pythonJson } from '../../src/inventory/python/json.ts'
import { selectNames, type Selection } from '../../src/inventory/select.ts'
import { variablesIn } from '../../src/inventory/variables/layers.ts'
import type { YamlTree } from '../../src/model/yaml-tree.ts'
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
export const expectAgreement = (
  inventory: Inventory,
  base: string,
  data: InventoryCase & { readonly except?: Readonly<Record<string, string>> },
  answer: InventoryAnswer,
): void => {
  const said = () => `${JSON.stringify(data.sources)}\n${describe(data)}`
  const sameOrder = Object.values(answer.groups).every(({ isOrdered }) => isOrdered)
  const ordered = (list: readonly string[], keep = sameOrder): readonly string[] =>
    keep ? list : list.toSorted()

  const groups = [...inventory.groups.values()].map(({ name, hosts, members, children, depth, priority }) => {
    const keep = answer.groups[name]?.isOrdered ?? true
    return [name, { hosts: ordered(members, keep), own: hosts, children, depth, priority }] as const
  })
  const wantedGroups = Object.entries(answer.groups).map(
    ([name, { hosts, own, children, depth, priority, isOrdered }]) =>
      [name, { hosts: ordered(hosts, isOrdered), own, children, depth, priority }] as const,
  )
  expect(Object.fromEntries(groups), said()).to.deep.equal(Object.fromEntries(wantedGroups))
  expect([...inventory.hosts.keys()].toSorted(), said()).to.deep.equal(Object.keys(answer.hosts).toSorted())
  const variablesOf = variablesIn(inventory)
  for (const host of inventory.hosts.values()) {
    const ours: HostAnswer = {
      groups: host.groups.toSorted(),
      variables: Object.fromEntries(
        [...variablesOf(host)]
          .filter(([name]) => !isInternal(name))
          .map(([name, { value }]) => [name, asPythonWrites(value)]),
      ),
    }
    const wanted = answer.hosts[host.name]
    // What JSON can't hold (a set, a complex number) Ansible can't print: there is nothing to compare with.
    const variables = Object.entries(wanted?.variables ?? {}).map(([name, text]) => [
      name,
      text.startsWith('{"error": "') ? ours.variables[name] : text,
    ])
    expect(ours, `${host.name} in ${said()}`).to.deep.equal(
      wanted && { groups: wanted.groups.toSorted(), variables: Object.fromEntries(variables) },
    )
  }
  const compare = (asked: string, selection: Selection, theirs: Answered<readonly string[]> | undefined) => {
    // A slice of an order that chance decides is chance itself.
    if (!sameOrder && /\[-?\d+(?:[:-]\d*)?\]$/.test(asked)) return
    const ours = ordered(selected(inventory, { ...selection, base }))
    const wanted = ordered(listed(theirs))
    // A difference that is none any more has to leave the list.
    if (asked in (data.except ?? {})) expect(ours, `'${asked}' in ${said()}`).to.not.deep.equal(wanted)
    else expect(ours, `'${asked}' in ${said()}`).to.deep.equal(wanted)
  }
  for (const [at, limit] of (data.limits ?? []).entries()) compare(limit, { limit }, answer.limits[at])
  for (const [at, pattern] of (data.patterns ?? []).entries())
    compare(pattern, { pattern }, answer.patterns[at])
}

// What we escape for the terminal's sake, and halves of characters, Python writes as it is.
const asPythonWrites = (value: YamlTree): string =>
  pythonJson(value).replaceAll(
    /\\\\|\\u(00[7-9][0-9a-f]|20[0-6][0-9a-f]|d[89a-f][0-9a-f]{2}|feff)/g,
    (found, code?: string) => (code === undefined ? found : String.fromCharCode(Number.parseInt(code, 16))),
  )

const describe = ({ files }: InventoryCase): string =>
  Object.entries(files)
    .map(([path, text]) => `--- ${path}\n${text}`)
    .join('\n')

const selected = (inventory: Inventory, selection: Selection): readonly string[] => {
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

import * as fc from 'fast-check'
import { madeGroups, yamlOf, type MadeGroup } from './generated.ts'
import type { InventoryCase } from './oracle.ts'

/*
 * Whole trees as an operator keeps them: files in all formats, folders of them, scripts, several sources, and
 * group_vars and host_vars beside each.
 */

const values = ['1', 'one', '"01"', '22', 'yes', '1.5', '[1, 2]', '{a: b}', '2001-01-01', '0644']
const names = ['ansible_host', 'ansible_user', 'ansible_port', 'anything', 'other', 'third']
const owners = [
  'all',
  'ungrouped',
  'web',
  'db',
  'Zeta',
  'a_b',
  'n1',
  'dc-1',
  'web2',
  '_x',
  'n2',
  'n02',
  'db-1',
  'n01',
]
const mapping = fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...values), {
  minKeys: 1,
  maxKeys: 3,
})

interface VarsFile {
  readonly owner: string
  readonly isHost: boolean
  readonly form: (typeof forms)[number]
  readonly first: Readonly<Record<string, string>>
  readonly second: Readonly<Record<string, string>>
}
const forms = ['', '.yml', '.yaml', '.json', 'folder', 'folder with others', 'two'] as const

const varsFile: fc.Arbitrary<VarsFile> = fc.record({
  owner: fc.constantFrom(...owners),
  isHost: fc.boolean(),
  form: fc.constantFrom(...forms),
  first: mapping,
  second: mapping,
})

const yaml = (vars: Readonly<Record<string, string>>): string =>
  Object.entries(vars)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')

// JSON's own types: its numbers and words are not YAML's.
const json = (vars: Readonly<Record<string, string>>): string =>
  `{${Object.entries(vars)
    .map(([name, value]) => `"${name}": ${/^(?:[1-9][0-9.]*)$/.test(value) ? value : JSON.stringify(value)}`)
    .join(', ')}}`

const varsTree = (folder: string, files: readonly VarsFile[]): Record<string, string> => {
  const tree: Record<string, string> = {}
  const taken = new Set<string>()
  for (const { owner, isHost, form, first, second } of files) {
    const stem = `${folder}${isHost ? 'host_vars' : 'group_vars'}/${owner}`
    // A file and a folder can't bear one name.
    if (taken.has(stem)) continue
    taken.add(stem)
    if (form === 'folder') {
      tree[`${stem}/b.yml`] = yaml(first)
      tree[`${stem}/a`] = yaml(second)
    } else if (form === 'folder with others') {
      tree[`${stem}/main.yaml`] = yaml(first)
      tree[`${stem}/sub/deep.json`] = json(second)
      tree[`${stem}/notes.txt`] = 'no: variables'
      tree[`${stem}/.hidden.yml`] = 'anything: hidden'
      tree[`${stem}/backup.yml~`] = 'anything: backup'
      tree[`${stem}/sub.d/other.yml`] = 'anything: not walked'
    } else if (form === 'two') {
      tree[`${stem}.yaml`] = yaml(first)
      tree[`${stem}.yml`] = yaml(second)
    } else tree[`${stem}${form}`] = form === '.json' ? json(first) : yaml(first)
  }
  return tree
}

const assign = (vars: Readonly<Record<string, string>>, between: string): string =>
  Object.entries(vars)
    .map(([name, value]) => `${name}=${value}`)
    .join(between)

const iniOf = (groups: readonly MadeGroup[]): string => {
  const sections = groups.map(group => {
    const hosts = group.hosts.map(({ pattern, vars }) => {
      return `${pattern.replaceAll('"', '')} ${assign(vars, ' ')}`.trim()
    })
    const children = group.children.map(child => groups[child]?.name ?? '')
    return [
      `[${group.name}] # a section`,
      ...hosts,
      ...(children.length > 0 ? [`[${group.name}:children]`, ...children] : []),
      ...(Object.keys(group.vars).length > 0 ? [`[${group.name}:vars]`, assign(group.vars, '\n')] : []),
    ].join('\n')
  })
  return `lone-1 anything=1\n; a comment\n${sections.join('\n\n')}\n`
}

const plain = (vars: Readonly<Record<string, string>>): Record<string, unknown> =>
  JSON.parse(json(vars)) as Record<string, unknown> // written by json() above

const scriptOf = (groups: readonly MadeGroup[]): string => {
  const body: Record<string, unknown> = {}
  const hostvars: Record<string, unknown> = {}
  for (const group of groups) {
    const hosts = group.hosts.map(({ pattern }) => pattern.replaceAll('"', ''))
    for (const { pattern, vars } of group.hosts) hostvars[pattern.replaceAll('"', '')] = plain(vars)
    const vars = Object.fromEntries(
      Object.entries(group.vars).filter(([name]) => name !== 'ansible_group_priority'),
    )
    const children = group.children.map(child => groups[child]?.name)
    body[group.name] = hosts.length % 2 === 1 ? { hosts, vars: plain(vars), children } : { hosts, children }
  }
  return `#!/bin/sh\n[ "$1" = --list ] || exit 1\ncat <<'END'\n${JSON.stringify({ ...body, _meta: { hostvars } })}\nEND\n`
}

/** Trees with the sources that are given to -i. */
export const madeTrees: fc.Arbitrary<InventoryCase> = fc
  .tuple(
    madeGroups,
    madeGroups,
    madeGroups,
    fc.array(varsFile, { maxLength: 6 }),
    fc.array(varsFile, { maxLength: 6 }),
    fc.nat(6),
  )
  .map(([one, two, three, vars, moreVars, layout]): InventoryCase => {
    const beside = (folder: string) => varsTree(folder, vars)
    const besideOther = (folder: string) => varsTree(folder, moreVars)
    switch (layout) {
      case 0:
        return { files: { 'hosts.yaml': yamlOf(one), ...beside('') }, sources: ['hosts.yaml'] }
      case 1:
        return {
          files: { 'a/hosts.yml': yamlOf(one), 'b/hosts': iniOf(two), ...beside('a/'), ...besideOther('b/') },
          sources: ['a/hosts.yml', 'b/hosts'],
        }
      case 2:
        return {
          files: {
            'inv/10-cloud.yaml': yamlOf(one),
            'inv/20-metal': iniOf(two),
            'inv/sub/more.yml': yamlOf(three),
            'inv/README.md': 'not an inventory',
            'inv/.hidden': 'nor this',
            ...beside('inv/'),
            // Only beside what -i names: these are not read.
            ...besideOther('inv/sub/'),
          },
          sources: ['inv'],
        }
      case 3:
        return {
          files: { 'hosts.ini': iniOf(one), ...beside('') },
          sources: ['n1,other:2022,::1,', 'hosts.ini'],
        }
      case 4:
        return {
          files: { 'inv/dynamic': scriptOf(one), 'inv/static.yaml': yamlOf(two), ...beside('inv/') },
          executable: ['inv/dynamic'],
          sources: ['inv'],
        }
      case 5:
        return {
          files: {
            'dynamic.sh': scriptOf(one),
            ...beside(''),
            'b/hosts.ini': iniOf(two),
            ...besideOther('b/'),
          },
          executable: ['dynamic.sh'],
          sources: ['dynamic.sh', 'b/hosts.ini', 'dynamic.sh'],
        }
      default:
        return {
          files: {
            'hosts.ini': iniOf(one),
            'b/hosts.yaml': yamlOf(two),
            ...beside(''),
            ...besideOther('b/'),
          },
          sources: ['b/hosts.yaml', 'hosts.ini'],
        }
    }
  })

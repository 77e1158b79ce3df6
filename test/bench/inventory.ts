import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/*
 * `npm run bench:inventory`: what it costs to load and resolve 10,000 hosts in 220 groups (200 racks of 50 hosts in 20
 * sites, group_vars for each), beside `ansible-inventory --list` on the same files in the same minutes, in every format.
 * Both print the same bytes, or it says so.
 */

const main = resolve('dist/src/main.js')
const sites = 20
const racksEach = 10
const hostsEach = 50

interface Host {
  readonly name: string
  readonly address: string
}
const hostsOf = (rack: number): readonly Host[] =>
  Array.from({ length: hostsEach }, (_, index) => ({
    name: `node-${String(rack * hostsEach + index).padStart(5, '0')}`,
    address: `10.${rack}.0.${index + 1}`,
  }))
const racks = Array.from({ length: sites * racksEach }, (_, rack) => rack)
const racksOf = (site: number): readonly number[] => racks.slice(site * racksEach, (site + 1) * racksEach)
const siteNumbers = Array.from({ length: sites }, (_, site) => site)

const yaml = (host: (one: Host) => string): string =>
  `all:\n  children:\n${siteNumbers
    .map(
      site =>
        `    site_${site}:\n      children:\n${racksOf(site)
          .map(rack => `        rack_${rack}:\n          hosts:\n${hostsOf(rack).map(host).join('')}`)
          .join('')}`,
    )
    .join('')}`

const ini = (): string =>
  [
    ...siteNumbers.map(
      site =>
        `[site_${site}:children]\n${racksOf(site)
          .map(rack => `rack_${rack}\n`)
          .join('')}`,
    ),
    ...racks.map(
      rack =>
        `[rack_${rack}]\n${hostsOf(rack)
          .map(({ name, address }) => `${name} ansible_host=${address}\n`)
          .join('')}`,
    ),
  ].join('')

const script = (): string => {
  const groups = Object.fromEntries([
    ...siteNumbers.map(site => [`site_${site}`, { children: racksOf(site).map(rack => `rack_${rack}`) }]),
    ...racks.map(rack => [`rack_${rack}`, { hosts: hostsOf(rack).map(({ name }) => name) }]),
  ])
  const hostvars = Object.fromEntries(
    racks.flatMap(hostsOf).map(({ name, address }) => [name, { ansible_host: address }]),
  )
  return `#!/bin/sh\ncat <<'END'\n${JSON.stringify({ ...groups, _meta: { hostvars } }, undefined, 1)}\nEND\n`
}

const formats: Readonly<Record<string, string>> = {
  'hosts.yaml': yaml(({ name, address }) => `            ${name}:\n              ansible_host: ${address}\n`),
  'flow.yaml': yaml(({ name, address }) => `            ${name}: { ansible_host: ${address} }\n`),
  'hosts.ini': ini(),
  'dynamic.sh': script(),
}

interface Cost {
  readonly cpu: number
  readonly megabytes: number
  readonly said: Buffer
}

const folder = mkdtempSync(join(tmpdir(), 'sefleet-bench-inventory-'))
const cost = (words: readonly string[]): Cost => {
  const out = join(folder, 'cost')
  spawnSync('/usr/bin/python3', ['test/bench/cost.py', out, ...words], { stdio: 'ignore' })
  const { cpu, megabytes } = JSON.parse(readFileSync(out, 'utf8')) as { cpu: number; megabytes: number } // as cost.py writes it
  return { cpu, megabytes, said: readFileSync(`${out}.out`) }
}

try {
  const tree = join(folder, 'fleet')
  mkdirSync(join(tree, 'group_vars'), { recursive: true })
  writeFileSync(join(tree, 'group_vars/all.yml'), 'ansible_user: audit\nansible_become: true\n')
  for (const site of siteNumbers) {
    const text = `site: ${site}\nntp_servers: [10.0.0.1, 10.0.0.2]\nansible_user: audit-${site}\n`
    writeFileSync(join(tree, `group_vars/site_${site}.yml`), text)
  }
  for (const rack of racks) writeFileSync(join(tree, `group_vars/rack_${rack}.yml`), `rack: ${rack}\n`)
  for (const [name, text] of Object.entries(formats)) {
    const file = join(tree, name)
    writeFileSync(file, text)
    if (text.startsWith('#!')) chmodSync(file, 0o755)
    const theirs = cost(['ansible-inventory', '-i', file, '--list'])
    const ours = [1, 2, 3].map(() => cost([process.execPath, main, 'inventory', '-i', file, '--list']))
    const [, middle = Number.NaN] = ours.map(({ cpu }) => cpu).toSorted((a, b) => a - b)
    const most = Math.max(...ours.map(({ megabytes }) => megabytes))
    const isSame = ours.every(({ said }) => said.equals(theirs.said))
    process.stdout.write(
      `${name.padEnd(11)} sefleet ${middle.toFixed(2)} s CPU, ${most.toFixed(0)} MB   ansible-inventory ${theirs.cpu.toFixed(2)} s, ${theirs.megabytes.toFixed(0)} MB   1/${(theirs.cpu / middle).toFixed(1)}   ${isSame ? 'same output' : 'OUTPUT DIFFERS'}\n`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

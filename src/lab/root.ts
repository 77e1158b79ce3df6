import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { shellQuote } from '../probes/fragment.ts'
import { labPolicy, type LabNode } from './data.ts'
import { writeShims } from './shims.ts'

export interface MadeRoot {
  /** The node's `R`. */
  readonly root: string
  /** Its commands, first in PATH. */
  readonly bin: string
}

/**
 * Writes a node's made-up root and its commands below a folder. `now` in epoch seconds; `ago` is how long before the time that the node's
 * data speaks of: it was booted when it was booted, whenever it is looked at.
 */
export const makeRoot = (
  folder: string,
  name: string,
  data: LabNode,
  { now, ago = 0 }: { readonly now: number; readonly ago?: number },
): MadeRoot => {
  const node = { ...data, booted: data.booted - ago }
  const root = join(folder, name, 'root')
  const put: Put = (path, content, mode) => {
    const target = join(root, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content, { mode })
  }
  putSystem(put, name, node, now)
  put('/proc/sys/kernel/random/boot_id', `${bootId(name, data)}\n`)
  if (node.enforce !== undefined) putSelinux(put, node)
  putProcesses(put, name, node, now)
  putPackages(put, node, now)
  putNextBoot(put, node, now)
  const records = Object.values(node.audit).flatMap(record =>
    Array.from({ length: node.repeat }, (_, index) =>
      record
        .replace(/@(-\d+)/, (_at, since: string) => String(now + Number(since)))
        // Each is an event of its own.
        .replace(/:(\d+)\)/, (_id, serial: string) => `:${Number(serial) + index})`),
    ),
  )
  if (records.length > 0) put('/var/log/audit/audit.log', lines(records))
  put('/.lab/labels', rows(node.labels))
  put(
    '/.lab/defaults',
    rows({ ...mapValues(node.labels, value => value.split('\t')[0] ?? ''), ...node.defaults }),
  )
  put('/.lab/services', rows(node.services))
  put('/.lab/modules', lines(Object.values(node.modules)))
  for (const [path, content] of Object.entries(node.files)) put(path, content)
  for (const [path, said] of Object.entries(node.versions))
    put(path, `#!/bin/sh\n[ "$1" = --version ] && printf '%s\\n' ${shellQuote(said)}\n`, 0o755)
  put('/.lab/edited', rows(mapValues({ ...builtPolicy(node), ...node.edited }, since => String(now + since))))
  const bin = join(folder, name, 'bin')
  writeShims(bin, {
    hasSelinux: node.enforce !== undefined,
    manager: Object.keys(node.rpm).length > 0 ? 'rpm' : 'dpkg',
    updates: node.updates,
  })
  return { root, bin }
}

type Put = (path: string, content: string | Uint8Array, mode?: number) => void

const lines = (all: readonly string[]): string => all.map(line => `${line}\n`).join('')
const rows = (map: Readonly<Record<string, string>>): string =>
  lines(Object.entries(map).map(([key, value]) => `${key}\t${value}`))
const mapValues = <Value>(
  map: Readonly<Record<string, Value>>,
  change: (value: Value) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))

const putSystem = (put: Put, name: string, node: LabNode, now: number): void => {
  put('/etc/os-release', lines(Object.entries(node.os).map(([key, value]) => `${key}=${value}`)))
  put('/etc/machine-id', `${createHash('md5').update(name).digest('hex')}\n`)
  put('/proc/cmdline', `${node.cmdline}\n`)
  put('/proc/stat', `cpu  1 2 3 4\nbtime ${now - node.booted}\n`)
  put(
    '/proc/filesystems',
    `nodev\tsysfs\nnodev\ttmpfs\n${node.enforce === undefined ? '' : 'nodev\tselinuxfs\n'}\text4\n`,
  )
  put('/proc/modules', 'iscsi_tcp 32768 0 - Live 0x0\nnfs 512000 0 - Live 0x0\ndm_crypt 65536 0 - Live 0x0\n')
  put('/proc/mounts', '/dev/sda4 / ext4 rw,seclabel,relatime 0 0\ntmpfs /run tmpfs rw,nosuid,nodev 0 0\n')
  put('/.lab/uname', `${node.kernel}\nx86_64\n${name}\n`)
  put('/.lab/uid', `${node.uid}\n`)
  put('/.lab/dmesg', `[    0.000000] Linux version ${node.kernel}\n`)
  // Seconds that its clock is ahead of this machine's.
  put('/.lab/clock', `${now - Math.floor(Date.now() / 1000)}\n`)
}

// Another one after every boot.
const bootId = (name: string, { booted }: LabNode): string =>
  createHash('md5')
    .update(`${name} ${booted}`)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

const putSelinux = (put: Put, node: LabNode): void => {
  put('/sys/fs/selinux/enforce', String(node.enforce))
  put('/sys/fs/selinux/policyvers', '33')
  put('/sys/fs/selinux/mls', '1')
  put('/sys/fs/selinux/deny_unknown', '0')
  // version, sequence, enforcing, policy loads, deny_unknown (linux selinux_kernel_status)
  put('/sys/fs/selinux/status', new Uint8Array(new Uint32Array([1, 2, node.enforce ?? 0, 1, 0]).buffer))
  put('/sys/fs/selinux/policy', labPolicy(node.policy, 'loaded'))
  for (const [name, value] of Object.entries(node.booleans))
    put(`/sys/fs/selinux/booleans/${name}`, `${value} ${value}`)
  put(
    '/etc/selinux/config',
    `SELINUX=${node.configured ?? 'enforcing'}\nSELINUXTYPE=${node.policyName ?? 'targeted'}\n`,
  )
  put(policyPath(node), labPolicy(node.installed ?? node.policy, 'installed'))
  put(`/var/lib/selinux/${node.policyName ?? 'targeted'}/active/modules/.keep`, '')
  put('/proc/self/attr/current', 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023\0')
}

// A policy is built and then loaded; without a record of that, and where another one is there than nodes have at first, it was built
// when its packages came.
const builtPolicy = (node: LabNode): Readonly<Record<string, number>> => {
  const loads = Object.values(node.audit).flatMap(record => {
    const ago = /^type=MAC_POLICY_LOAD msg=audit\(@(-\d+)/.exec(record)?.[1]
    return ago === undefined ? [] : [Number(ago)]
  })
  const came = Object.values(node.rpm).flatMap(own => [own].flat().map(row => Number(row.split(' ').at(-1))))
  const isFirst = (node.installed ?? node.policy) === 'healthy'
  const built = [...(loads.length > 0 ? loads : came), ...(isFirst ? [] : came), -node.booted]
  return { [policyPath(node)]: Math.max(...built) }
}

const policyPath = ({ policyName }: LabNode): string =>
  `/etc/selinux/${policyName ?? 'targeted'}/policy/policy.33`

const putProcesses = (put: Put, name: string, node: LabNode, now: number): void => {
  const list = Object.values(node.processes).map((one, index) => ({
    ...one,
    pid: index === 0 ? 1 : 700 + index * 17,
  }))
  put(
    '/.lab/ps',
    lines(
      list.map(({ pid, label, argv, pod, user, elapsed }) => {
        const shown = pod && node.relabel !== undefined ? node.relabel : label
        return `${String(pid).padStart(7)} ${String(pid === 1 ? 0 : 1).padStart(7)} ${String(now - (elapsed ?? Math.max(1, node.booted - 60)))} ${user.padEnd(8)} ${shown.padEnd(31)} ${argv.replace('NODE', name)}`
      }),
    ),
  )
  for (const { pid, pod } of list)
    put(
      `/proc/${pid}/cgroup`,
      pod
        ? `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${pid}.slice/cri-containerd-${now}.scope\n`
        : '0::/system.slice/host.service\n',
    )
}

const putPackages = (put: Put, node: LabNode, now: number): void => {
  put('/.lab/rpm', rpmRows(node.rpm, now))
  put(
    '/.lab/dpkg',
    lines(
      Object.entries(node.dpkg).map(([name, row]) => {
        const [version, architecture, ago] = row.split(' ')
        return `dpkg\t${name}\t${version}\t${architecture}\tii \t${now + Number(ago)}`
      }),
    ),
  )
  if (Object.keys(node.dpkg).length > 0)
    put('/var/lib/dpkg/status', 'Package: base-files\nStatus: install ok installed\n')
}

const rpmRows = (rpm: LabNode['rpm'], now: number): string =>
  lines(
    Object.entries(rpm).flatMap(([name, rowOrRows]) =>
      [rowOrRows].flat().map(row => {
        const [epoch, version, release, architecture, ago] = row.split(' ')
        const time = now + Number(ago)
        return `rpm\t${name}\t${epoch}\t${version}\t${release}\t${architecture}\t${time}\t${time - 3}`
      }),
    ),
  )

const putNextBoot = (put: Put, node: LabNode, now: number): void => {
  const { updates, pending } = node
  put('/proc/self/mountinfo', `${roots[updates]}\n27 1 0:24 / /run rw,nosuid shared:2 - tmpfs tmpfs rw\n`)
  if (updates === 'in-place') return
  const listed = pending && rpmRows({ ...node.rpm, ...pending.rpm }, now)
  if (updates === 'snapshots') {
    const next = pending?.where ?? runningSnapshot
    put('/.lab/btrfs', `ID 275 gen 1234 top level 258 path @/.snapshots/${next}/snapshot\n`)
    if (listed !== undefined) put(`/.snapshots/${next}/snapshot/usr/lib/sysimage/rpm/Packages.db`, listed)
    return
  }
  put('/run/ostree-booted', '')
  const origin = '    origin refspec: fedora:fedora/x86_64/coreos/stable\n'
  put(
    '/.lab/ostree',
    `${pending ? `  fedora-coreos ${pending.where}.0 (staged)\n${origin}` : ''}* fedora-coreos ${runningDeployment}.0\n${origin}`,
  )
  if (pending && listed !== undefined)
    put(`/ostree/deploy/fedora-coreos/deploy/${pending.where}.0/usr/share/rpm/Packages.db`, listed)
}

const runningSnapshot = '11'
const runningDeployment = 'a1'.repeat(32)

const roots: Readonly<Record<LabNode['updates'], string>> = {
  'in-place': '25 1 8:4 / / rw,relatime shared:1 - ext4 /dev/sda4 rw,seclabel',
  snapshots: `66 1 0:33 /@/.snapshots/${runningSnapshot}/snapshot / ro,relatime shared:1 - btrfs /dev/vda3 ro,seclabel,space_cache=v2,subvolid=270,subvol=/@/.snapshots/${runningSnapshot}/snapshot`,
  ostree: '66 1 0:33 / / ro,relatime shared:1 - overlay composefs ro,seclabel',
}

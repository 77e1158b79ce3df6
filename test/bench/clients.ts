import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fleet } from '../integration/sshd-fleet.ts'

/** What every client is to do: the same questions on the same nodes, `forks` of them at once. */
export interface Job {
  readonly folder: string
  readonly fleet: Fleet
  readonly count: number
  readonly forks: number
  /** The script as our own client sends it, marker included. */
  readonly script: string
  /** The command that runs it from its stdin. */
  readonly command: string
  /** The questions one by one. */
  readonly fragments: readonly string[]
}

export interface Client {
  readonly name: string
  /** A program that has to be installed. */
  readonly program?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Exit statuses that mean every node was asked. */
  readonly good?: readonly number[]
  readonly words: (job: Job) => readonly string[]
}

const main = join(import.meta.dirname, '../../src/main.js')
const bare = join(import.meta.dirname, 'bare-loop.js')

/** The first `count` nodes: as an inventory, and as addresses that share a port. */
const nodesOf = ({ folder, fleet, count }: Job) => {
  const lines = readFileSync(fleet.inventory, 'utf8')
    .split('\n')
    .filter(line => line.includes('ansible_host'))
    .slice(0, count)
  const inventory = join(folder, `fleet-${count}.yaml`)
  writeFileSync(inventory, `fleet:\n  hosts:\n${lines.join('\n')}\n`)
  return {
    inventory,
    addresses: lines.map(line => /ansible_host: ([\d.]+)/.exec(line)?.[1] ?? ''),
    port: /ansible_port: (\d+)/.exec(lines[0] ?? '')?.[1] ?? '',
  }
}

/** ssh's options, the same for each client that starts ssh. */
const options = ({ fleet }: Job): readonly string[] => [
  `UserKnownHostsFile=${fleet.knownHosts}`,
  'StrictHostKeyChecking=yes',
  'KexAlgorithms=curve25519-sha256',
  'LogLevel=ERROR',
  'BatchMode=yes',
]

/** The fleet's own sshd, at an address that is no node's, is the way to all of them. */
const throughJump = ({ folder, fleet }: Job, port: string): readonly string[] => {
  const [known] = /^\S+ (.*)$/m.exec(readFileSync(fleet.knownHosts, 'utf8'))?.slice(1) ?? []
  const file = join(folder, 'jump_hosts')
  writeFileSync(file, `[127.0.0.1]:${port} ${known ?? ''}\n`)
  const config = join(folder, 'jump_config')
  writeFileSync(
    config,
    `Host jump\n  HostName 127.0.0.1\n  Port ${port}\n  User root\n  IdentityFile ${fleet.privateKey}\n  UserKnownHostsFile ${file}\nHost * !jump\n  ProxyJump jump\n  UserKnownHostsFile ${file} ${fleet.knownHosts}\n`,
  )
  return ['-F', config]
}

const sefleet = (command: 'audit' | 'collect', way?: 'jump'): Client => ({
  name:
    command === 'audit'
      ? 'sefleet audit'
      : `sefleet collect (nothing judged, no report)${way === 'jump' ? ', jump host' : ''}`,
  good: [0, 1],
  words: job => [
    process.execPath,
    main,
    command,
    '-i',
    nodesOf(job).inventory,
    '-u',
    'root',
    '-f',
    String(job.forks),
    '--private-key',
    job.fleet.privateKey,
    ...(way === 'jump'
      ? throughJump(job, nodesOf(job).port)
      : ['-F', 'none', '--known-hosts', job.fleet.knownHosts]),
    '-o',
    join(job.folder, 'reports'),
  ],
})

/** Ansible at its cheapest: raw (no Python on the node), no facts, connections kept between tasks. */
const ansible = (name: string, tasksOf: (job: Job) => readonly string[]): Client => ({
  name,
  program: 'ansible-playbook',
  environment: {
    ANSIBLE_SSH_ARGS: '-o ControlMaster=auto -o ControlPersist=60s',
    ANSIBLE_PIPELINING: 'True',
  },
  words: job => {
    const tasks = tasksOf(job).map((text, index) => {
      const file = join(job.folder, `task-${index}.sh`)
      writeFileSync(file, text)
      return `    - name: task ${index}\n      raw: "{{ lookup('file', '${file}') }}"\n      ignore_errors: true\n`
    })
    const playbook = join(job.folder, 'play.yaml')
    writeFileSync(playbook, `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`)
    return [
      'ansible-playbook',
      '-i',
      nodesOf(job).inventory,
      '-f',
      String(job.forks),
      '-u',
      'root',
      '--private-key',
      job.fleet.privateKey,
      '--ssh-common-args',
      options(job)
        .map(option => `-o ${option}`)
        .join(' '),
      playbook,
    ]
  },
})

export const clients: readonly Client[] = [
  sefleet('audit'),
  sefleet('collect'),
  sefleet('collect', 'jump'),
  {
    name: 'bare node-ssh loop, same script',
    words: job => {
      const file = join(job.folder, 'script.sh')
      writeFileSync(file, job.script)
      const { port, addresses } = nodesOf(job)
      return [
        process.execPath,
        bare,
        job.fleet.privateKey,
        port,
        String(job.forks),
        file,
        job.command,
        ...addresses,
      ]
    },
  },
  ansible('ansible, same script in one raw task', job => [job.script]),
  ansible('ansible, one raw task per question', job => job.fragments),
  {
    name: 'clush, same script',
    program: 'clush',
    words: job => {
      const { port, addresses } = nodesOf(job)
      const ssh = [`-p ${port}`, `-i ${job.fleet.privateKey}`, ...options(job).map(option => `-o ${option}`)]
      return [
        'clush',
        '-f',
        String(job.forks),
        '-l',
        'root',
        '-o',
        ssh.join(' '),
        '-w',
        addresses.join(','),
        job.script,
      ]
    },
  },
  {
    name: 'parallel-ssh, same script',
    program: 'parallel-ssh',
    words: job => {
      const { port, addresses } = nodesOf(job)
      const hosts = join(job.folder, 'hosts')
      writeFileSync(hosts, `${addresses.map(address => `root@${address}:${port}`).join('\n')}\n`)
      const ssh = options(job).flatMap(option => ['-O', option])
      return [
        'parallel-ssh',
        '-h',
        hosts,
        '-p',
        String(job.forks),
        '-t',
        '0',
        '-x',
        `-i ${job.fleet.privateKey}`,
        ...ssh,
        job.script,
      ]
    },
  },
]

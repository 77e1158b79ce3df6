import type { Ask } from './ask.ts'

/** What a question is about, as a person would say it: `the packages cri-o and podman`. */
export const askWords = ({ probe, params }: Ask): string => {
  switch (probe) {
    case 'packages':
    case 'next-boot':
      return `${probe === 'packages' ? 'the packages' : 'what the next boot brings of the packages'} ${listed(params.names)}`
    case 'labels':
      return `the labels of ${listed(params.paths)}`
    case 'files':
      return `${params.digest ? 'the digest of ' : 'the file '}${listed(params.paths)}`
    case 'services':
      return `the services ${listed(params.units)}`
    case 'kernel':
      return params.modules.length > 0 ? `the kernel modules ${listed(params.modules)}` : 'the kernel'
    case 'command':
      return `the command ${cut(params.run)}`
    case 'allow':
      return `the rule ${params.source} → ${params.target ?? 'any type'}:${params.class} ${listed(params.permissions)}`
    case 'transition':
      return `the transitions of ${params.source}`
    case 'attribute':
      return `the attribute ${params.attribute}`
    case 'os':
    case 'selinux':
    case 'policy-files':
    case 'file-contexts':
    case 'modules':
    case 'booleans':
    case 'processes':
    case 'denials':
    case 'runtime':
    case 'permissive-types':
    case 'mounts':
    case 'versions':
    case 'roots':
      return plain[probe]
    default:
      return probe satisfies never
  }
}

const plain = {
  os: 'the operating system',
  selinux: 'the state of SELinux',
  'policy-files': 'the policy’s files',
  'file-contexts': 'the file contexts',
  modules: 'the modules of the policy',
  booleans: 'the booleans',
  processes: 'the processes',
  denials: 'the denials',
  runtime: 'the switches of the container runtimes',
  'permissive-types': 'the permissive domains',
  mounts: 'the mounts',
  roots: 'where programs keep their files',
  versions: 'the versions of the runtimes',
} as const

const listed = (names: readonly string[]): string =>
  names.length > shown
    ? `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
    : names.join(', ')

const shown = 3
const cut = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 59)}…`)

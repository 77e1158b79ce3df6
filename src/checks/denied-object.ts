import type { Denial, ObjectKind, Owner } from '../model/denial.ts'
import type { Place } from './denied-place.ts'

/** What a denied access was about, as far as its record tells. */
export interface DeniedObject {
  readonly kind: ObjectKind
  /** In words; absent where the record tells no more than types. */
  readonly words?: string
}

/** Classes of what lies on a file system. */
export const fileClasses = new Set([
  'file',
  'dir',
  'lnk_file',
  'sock_file',
  'fifo_file',
  'chr_file',
  'blk_file',
])

/**
 * What was touched. A path is the process's own: of a process in a pod it is one inside the container, and never one of the host; a
 * name is the last part of some path, and `/` is the root of some file system. `place`: where the node has it, if that is known.
 */
export const objectOf = (denial: Denial, owner: Owner, place?: Place): DeniedObject => {
  const { class: className, paths, names = [], devices = [] } = denial
  const device = devices.length === 1 ? devices[0] : undefined
  const on = device === undefined ? '' : ` on ${device}`
  if (className === 'key') return { kind: 'key', words: 'a kernel keyring' }
  if (/^cap(ability2?|2?_userns)$/.test(className)) return { kind: 'capability' }
  if (className === 'process' || className === 'process2') return { kind: 'process' }
  const path = listed(paths.filter(one => one.startsWith('/') && one !== '/'))
  if (className.endsWith('socket')) return { kind: 'socket', ...(path === undefined ? {} : { words: path }) }
  if (!fileClasses.has(className)) return { kind: 'other' }
  // /memfd:runc_cloned:/proc/self/exe (deleted): no file that could be found, and no label that could be mended.
  if (paths.length > 0 && paths.every(one => one.startsWith('/memfd:')))
    return { kind: 'other', words: `${path ?? ''} in memory` }
  const isOnVolume = place?.is === 'volume' ? `on ${place.words}` : undefined
  const ofDevice = device === undefined ? '' : ` (${device})`
  if (path !== undefined && isOnVolume !== undefined)
    return {
      kind: 'volume',
      words: owner === 'container' ? `${path} ${isOnVolume}${ofDevice}` : `${path}, ${isOnVolume}`,
    }
  if (path !== undefined && place && owner !== 'container')
    return { kind: 'image', words: `${path}, in an image` }
  if (path !== undefined)
    return owner === 'container'
      ? {
          kind: 'container-path',
          words: className === 'sock_file' ? path : `${path} inside a container${isDisk(device) ? on : ''}`,
        }
      : { kind: 'host-path', words: path }
  if (names.includes('/') || paths.includes('/'))
    return {
      kind: 'volume',
      words:
        place?.is === 'volume'
          ? `the root of ${place.words}${ofDevice}`
          : device === undefined
            ? 'the root of a file system'
            : `the root of the file system on ${device}`,
    }
  const [name] = [...names, ...paths]
  const kind = place?.is ?? 'named'
  if (name === undefined) return { kind }
  const where = isOnVolume !== undefined ? ` ${isOnVolume}${ofDevice}` : place ? ' in an image' : on
  return { kind, words: `${kindOf(denial)} named ${name}${where}` }
}

const isEntry = (permission: string): boolean => permission === 'add_name' || permission === 'remove_name'

// In the record of an entry that is made in a directory, or taken away, the name is the entry's.
const kindOf = ({ class: className, permissions }: Denial): string => {
  if (className !== 'dir' || !permissions.some(isEntry)) return `a ${kindWord(className)}`
  return permissions.every(isEntry) ? 'an entry of a directory,' : 'a directory, or an entry of it,'
}

// One group holds what was refused of one type: the one that matters may be any of them.
const listed = (paths: readonly string[]): string | undefined =>
  paths.length === 0
    ? undefined
    : [
        ...paths.slice(0, mostListed),
        ...(paths.length > mostListed ? [`${paths.length - mostListed} more`] : []),
      ].join(', ')
const mostListed = 3

// What has no device of its own says nothing by its name.
const isDisk = (device: string | undefined): boolean =>
  device !== undefined &&
  !['overlay', 'tmpfs', 'proc', 'sysfs', 'devtmpfs', 'mqueue', 'cgroup2'].includes(device)

const kindWord = (className: string): string =>
  ({ dir: 'directory', lnk_file: 'link', sock_file: 'socket' })[className] ?? 'file'

import type { Inode, Message } from '../../model/message.ts'

/** One thing said once. */
export interface Said extends Pick<
  Message,
  'sort' | 'source' | 'target' | 'task' | 'about' | 'reasons' | 'untilBoot' | 'permissive' | 'sample'
> {
  readonly at?: number
  readonly inode?: Inode
}

/** Folds what was said more than once, the newest first. */
export const groupMessages = (all: readonly Said[]): readonly Message[] => {
  const groups = new Map<string, Message>()
  for (const said of all) {
    const key = [said.sort, said.source, said.target, said.task, said.about, said.untilBoot].join(' ')
    const group = groups.get(key)
    groups.set(key, group ? joined(group, said) : begun(said))
  }
  return [...groups.values()].toSorted(
    (a, b) => (b.lastSeen ?? Infinity) - (a.lastSeen ?? Infinity) || (a.sample < b.sample ? -1 : 1),
  )
}

const begun = ({ at, sample, inode, ...said }: Said): Message => ({
  ...said,
  ...(inode ? { inodes: [inode] } : {}),
  count: 1,
  ...(at === undefined ? {} : { firstSeen: at, lastSeen: at }),
  sample: sample.slice(0, 600),
})

// One without a time may have been said just now.
const joined = (group: Message, { at, permissive, reasons, inode }: Said): Message => {
  const { firstSeen, lastSeen, permissive: all, ...rest } = group
  return {
    ...rest,
    reasons: [...new Set([...group.reasons, ...reasons])].slice(0, 8),
    ...(inode ? { inodes: withInode(group.inodes, inode) } : {}),
    count: group.count + 1,
    ...(firstSeen === undefined || lastSeen === undefined || at === undefined
      ? {}
      : { firstSeen: Math.min(firstSeen, at), lastSeen: Math.max(lastSeen, at) }),
    ...(all && permissive ? { permissive: true } : {}),
  }
}

const withInode = (known: readonly Inode[] = [], { device, number }: Inode): readonly Inode[] =>
  known.length >= 8 || known.some(one => one.device === device && one.number === number)
    ? known
    : [...known, { device, number }]

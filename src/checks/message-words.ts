import { rangeIn } from '../model/context.ts'
import type { Inode, Message, MessageSort } from '../model/message.ts'

/** What the finding of a message is called: the same from run to run. */
export const messageKey = (message: Message): string =>
  [message.sort, subjectOf(message), message.task === undefined ? '' : `by ${message.task}`].join(' ').trim()

/** A message in words; where nothing is enforced, what enforcing would do. */
export const messageSentence = (message: Message, isPermissive: boolean): string =>
  sentences[message.sort](message, isPermissive || message.permissive ? 'would be' : 'is')

const subjectOf = ({ source, target, about }: Message): string =>
  [source !== undefined && target !== undefined ? `${source} → ${target}` : (source ?? target), about]
    .filter(one => one !== undefined)
    .join(' ')

const sentences: Readonly<Record<MessageSort, (message: Message, is: 'is' | 'would be') => string>> = {
  'refused-transition': (message, is) => {
    const why = message.reasons.filter(one => one === 'no_new_privs' || one === 'nosuid')
    const cause = why.length === 1 ? why.join('') : 'no_new_privs or nosuid'
    return `the domain transition ${subjectOf(message)} ${is} refused: ${cause}, and ${message.target ?? 'the new domain'} is not bounded by ${message.source ?? 'the old one'}`
  },
  'invalid-context': ({ about, source, target, reasons, inodes = [] }) =>
    `${about ?? 'a context'} is not valid in the loaded policy${
      reasons.includes('inode')
        ? `, and files carry it${inodes.length > 0 ? ` (${inodesOf(inodes)})` : ''}`
        : source === undefined
          ? ', what carries it counts as unlabelled'
          : ` (asked for by ${[source, target].filter(one => one !== undefined).join(' on ')}: ${reasons.join(' ')})`
    }`,
  'refused-relabel': (message, is) => {
    const [before, after] = ['oldcontext', 'newcontext'].map(field => rangeIn(message.sample, field))
    const levels =
      before === undefined || after === undefined ? '' : ` (for example from ${before} to ${after})`
    return `relabelling ${subjectOf(message)}${levels} ${is} refused ${message.task === undefined ? '' : `to ${message.task} `}by a constraint`
  },
  'refused-policy': ({ reasons }) =>
    `the kernel refused a policy: the one that was loaded before is still in effect${reasons.length > 0 ? ` (${reasons.slice(0, 2).join('; ')})` : ''}`,
  'bounded-permissions': ({ source, target, about, reasons }) =>
    `${source ?? 'a domain'} loses ${reasons.join(', ')} on ${target ?? 'another type'}:${about ?? 'class'} without a denial: the type that bounds it does not have them`,
  'refused-mount': ({ about, reasons }) =>
    `a file system of type ${about ?? 'unknown'} was refused: ${
      reasons.length > 0
        ? `the label of its root could not be read (${reasons.join(', ')})`
        : 'it keeps no labels, and the policy has none for files of this type'
    }`,
  'mount-conflict': ({ about }) =>
    `a mount${about === undefined ? '' : ` of type ${about}`} was refused: the same file system is mounted already with other SELinux options`,
  'unreadable-label': ({ about, inodes = [] }) =>
    `the labels of files on ${about ?? 'a file system'} cannot be read${inodes.length > 0 ? ` (${inodesOf(inodes)})` : ''}`,
  'denied-class': ({ about }) => `${about ?? 'a class'} is not in the policy, and is denied`,
  'allowed-class': ({ about }) => `${about ?? 'a class'} is not in the policy, and is allowed`,
  other: message =>
    `SELinux reports an error: ${[message.reasons.join(' '), subjectOf(message)].filter(one => one !== '').join(', ')}`,
}

// inode 77 of dm-3
const inodesOf = (inodes: readonly Inode[]): string => {
  const shown = inodes.slice(0, 3).map(({ device, number }) => `inode ${number} of ${device}`)
  return [...shown, ...(inodes.length > 3 ? [`and ${inodes.length - 3} more`] : [])].join(', ')
}

/**
 * What to do about a message whose files the kernel names by their inodes; nothing where it names none, or on no device that can be
 * mounted alone.
 */
export const messageRemedy = ({ sort, inodes = [] }: Message): string | undefined => {
  const next = afterwards[sort]
  const commands = inodes
    .filter(({ device }) => ofDisk.test(device))
    .slice(0, 3)
    .map(
      ({ device, number }) =>
        `\`find "$(findmnt -n -o TARGET -S /dev/${device} | head -n 1)" -xdev -inum ${number}\``,
    )
  if (commands.length === 0 || next === undefined) return undefined
  return `${commands.join(', ')} ${commands.length === 1 ? 'names the file' : 'name the files'} of the kernel’s words; ${next}`
}

// sda4, dm-3, nvme0n1p2, rbd0; not tmpfs, overlay or 0:61, which are found by no device.
const ofDisk = /^(?:(?:xv|[hsv])d[a-z]{1,4}\d{0,3}|[a-z]{1,12}-?\d{1,6}\w{0,12})$/

const afterwards: Readonly<Partial<Record<MessageSort, string>>> = {
  'unreadable-label':
    'read its label there (`getfattr -n security.selinux` with its path), look what the kernel says of that device (`journalctl -b -k -p warning`) and check its file system.',
  'invalid-context':
    'find the module that had the type (`semodule -l`; on another node `seinfo -t`) and install its package again. Only where the type is gone for good, and the file is the host’s and no container’s or volume’s: `restorecon -v` with its path. The kernel does not take its words back, so this passes only after the next boot.',
}

import type { Message, MessageSort } from '../model/message.ts'

/** What the finding of a message is called: the same from run to run. */
export const messageKey = (message: Message): string => `${message.sort} ${subjectOf(message)}`.trim()

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
  'invalid-context': ({ about, source, target, reasons }) =>
    `${about ?? 'a context'} is not valid in the loaded policy${
      reasons.includes('inode')
        ? ', and files carry it'
        : source === undefined
          ? ', what carries it counts as unlabelled'
          : ` (asked for by ${[source, target].filter(one => one !== undefined).join(' on ')}: ${reasons.join(' ')})`
    }`,
  'refused-relabel': (message, is) => `relabelling ${subjectOf(message)} ${is} refused by a constraint`,
  'refused-policy': () => 'the kernel refused a policy: the one that was loaded before is still in effect',
  'mount-conflict': ({ about }) =>
    `a mount${about === undefined ? '' : ` of type ${about}`} was refused: the same file system is mounted already with other SELinux options`,
  'unreadable-label': ({ about }) => `the labels of files on ${about ?? 'a file system'} cannot be read`,
  'denied-class': ({ about }) => `${about ?? 'a class'} is not in the policy, and is denied`,
  'allowed-class': ({ about }) => `${about ?? 'a class'} is not in the policy, and is allowed`,
  other: message =>
    `SELinux reports an error: ${[message.reasons.join(' '), subjectOf(message)].filter(one => one !== '').join(', ')}`,
}

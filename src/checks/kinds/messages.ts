import { z } from 'zod'
import type { ReadAsk } from '../../model/ask.ts'
import type { Kind } from '../../model/check.ts'
import type { DenialLog } from '../../model/denial.ts'
import { globMatches } from '../../model/glob.ts'
import { messageSorts, type Message, type MessageSort } from '../../model/message.ts'
import type { Coverage, PartialCoverage, Reading } from '../../model/reading.ts'
import { fail, finding, pass, unknown, unknownBecause } from '../judgements.ts'
import { denialsAsk } from '../judged-denials.ts'
import { messageKey, messageRemedy, messageSentence } from '../message-words.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { messageAsks, presentMessages } from '../said-messages.ts'
import { oneOrMore } from '../schema-parts.ts'

export const messagesSchema = z
  .strictObject({
    of: oneOrMore(z.enum(messageSorts)).describe('What sort of message; several count together.'),
    about: oneOrMore(z.string())
      .optional()
      .describe(
        'Only those about one of these: globs over types, of either side and of a context, and over kinds of file system.',
      ),
    reason: oneOrMore(z.string())
      .optional()
      .describe(
        'Only those with one of these reasons: globs over permissions, and over the words that the kernel gives.',
      ),
    target: oneOrMore(z.string())
      .optional()
      .describe('Only those whose new domain is one of these: globs over types.'),
  })
  .describe(
    'SELinux says nothing of the chosen sort without a denial: no refused transition, invalid context, refused policy and the like.',
  )
type Params = z.infer<typeof messagesSchema>

/** SELinux says nothing of the chosen sort without a denial: no refused transition, invalid context, refused policy and the like. */
export const messages: Kind<Params> = {
  name: 'messages',
  schema: messagesSchema,
  asks: () => messageAsks,
  tells: {
    reads: ['messages'],
    byHand: [
      'ausearch --input-logs -m SELINUX_ERR,MAC_POLICY_LOAD -ts week-ago --raw </dev/null',
      "journalctl -b -k -g 'SELinux:'",
    ],
  },
  judge: (params, read) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(denialsAsk)
    if (reading.state === 'unreadable') return unknownBecause('denials', reading)
    const found = presentMessages(reading.value, read).filter(message => isChosen(params, message))
    if (found.length > 0)
      return fail(
        ...found.map(message => {
          const remedy = messageRemedy(message)
          return {
            ...finding(messageKey(message), messageSentence(message, isPermissive(read)), [message.sample]),
            ...(remedy === undefined ? {} : { remedy }),
          }
        }),
      )
    const gap = gapOf(params.of, reading)
    if (gap !== undefined) return unknown(gap.why, gap.next)
    return pass(`none in ${reading.value.source}${params.of.some(isOfKernel) ? ' and the kernel’s log' : ''}`)
  },
}

const isChosen = ({ of, about, reason, target }: Params, message: Message): boolean => {
  if (!of.includes(message.sort)) return false
  const names = [message.source, message.target, message.about, message.about?.split(':')[2]]
  return (
    (about === undefined || names.some(name => name !== undefined && matches(about, name))) &&
    (reason === undefined || message.reasons.some(one => matches(reason, one))) &&
    (target === undefined || (message.target !== undefined && matches(target, message.target)))
  )
}

const matches = (globs: readonly string[], name: string): boolean =>
  globs.some(glob => globMatches(glob, name))

const isPermissive = (read: ReadAsk): boolean => {
  const state = read(selinuxAsk)
  return state.state === 'read' && state.value.running === 'permissive'
}

const ofRecords: ReadonlySet<MessageSort> = new Set([
  'refused-transition',
  'invalid-context',
  'refused-relabel',
  'refused-policy',
  'bounded-permissions',
  'other',
])
const isOfKernel = (sort: MessageSort): boolean => !ofRecords.has(sort) || ofBoth.has(sort)
const ofBoth: ReadonlySet<MessageSort> = new Set(['invalid-context', 'refused-policy'])

// Why "none" may not be true: the log that would tell was not seen whole.
const gapOf = (
  sorts: readonly MessageSort[],
  reading: Extract<Reading<DenialLog>, { state: 'read' }>,
): Pick<PartialCoverage, 'why' | 'next'> | undefined => {
  const words = reading.value.kernelWords
  if (!words)
    return {
      why: 'this run did not ask for what SELinux says without a denial: an older sefleet collected it, a new audit asks for it',
    }
  return (
    (sorts.some(sort => ofRecords.has(sort)) ? partOf(reading.coverage) : undefined) ??
    (sorts.some(isOfKernel) ? partOf(words) : undefined)
  )
}

const partOf = (coverage: Coverage | undefined): PartialCoverage | undefined =>
  coverage?.complete === false ? coverage : undefined

import { firstMoment, lastMoment, wholeNumber } from '../../model/ranges.ts'
import { parseLogLine, type LogLine } from './log-line.ts'

/** The answer in its parts: the log of denials, and what the kernel says itself. */
export interface Sections {
  readonly source: 'ausearch' | 'journal' | 'kernel-log'
  /** The beginning of the log. */
  readonly first: string
  /** How many files the audit log has. */
  readonly files?: number
  /** Status of the program that searched it; absent where the log was not read to its end. */
  readonly status?: number
  readonly lines: readonly string[]
  readonly recordBytes: number
  /** From when to when a journal holds the audit transport. */
  readonly transport?: { readonly from: number; readonly to: number }
  readonly bootedAt?: number
  readonly now?: number
  /** Absent in the answer to an older script. */
  readonly kernel?: KernelSection
}

export interface KernelSection {
  readonly from: 'journal' | 'kernel-log' | 'none'
  /** Epoch seconds of its first line; absent where it does not tell. */
  readonly begins?: number
  /** The ring buffer still holds the boot. */
  readonly holdsBoot: boolean
  readonly status?: number
  readonly bytes: number
  readonly raw: readonly string[]
  readonly lines: readonly LogLine[]
}

export const parseSections = (stdout: string): Sections | undefined => {
  const source = /^#source (ausearch|journal|kernel-log)$/m.exec(stdout)?.[1] as
    Sections['source'] | undefined // the pattern's words
  if (!source) return undefined
  const at = stdout.search(/^#boot /m)
  const [records, rest] = at < 0 ? [stdout, ''] : [stdout.slice(0, at), stdout.slice(at)]
  const bootedAt = moment(/^#boot (\d{1,12})$/m.exec(rest)?.[1])
  const now = moment(/^#now (\d{1,12})$/m.exec(rest)?.[1])
  const status = /^#rc (\d{1,3})$/m.exec(records)?.[1]
  const files = wholeNumber(/^#files +(\d{1,6})$/m.exec(records)?.[1], 0, 100_000)
  const transport = /^#transport (\d{1,12})\S* (\d{1,12})\S*$/m.exec(records)
  const kernel = toKernel(rest, bootedAt)
  return {
    source,
    first: /^#first (.*)$/m.exec(records)?.[1] ?? '',
    ...(files === undefined ? {} : { files }),
    ...(status === undefined ? {} : { status: Number(status) }),
    lines: records.split('\n'),
    recordBytes: Buffer.byteLength(records),
    ...(transport ? { transport: { from: Number(transport[1]), to: Number(transport[2]) } } : {}),
    ...(bootedAt === undefined ? {} : { bootedAt }),
    ...(now === undefined ? {} : { now }),
    ...(kernel ? { kernel } : {}),
  }
}

const moment = (text: string | undefined) => wholeNumber(text, firstMoment, lastMoment)

const toKernel = (text: string, bootedAt: number | undefined): KernelSection | undefined => {
  const from = /^#kernel (journal|kernel-log|none)$/m.exec(text)?.[1] as KernelSection['from'] | undefined // the pattern's words
  if (!from) return undefined
  const first = /^#kernel-first (.*)$/m.exec(text)?.[1] ?? ''
  const since = /^(?:<\d{1,3}>)?\[ *(\d{1,10})\.\d/.exec(first)?.[1]
  const begins =
    since === undefined
      ? moment(/^(\d{1,12})\./.exec(first)?.[1])
      : bootedAt === undefined
        ? undefined
        : bootedAt + Number(since)
  const status = /^#kernel-rc (\d{1,3})$/m.exec(text)?.[1]
  const raw = text.split('\n').filter(line => !line.startsWith('#'))
  return {
    from,
    ...(begins === undefined ? {} : { begins }),
    holdsBoot: since !== undefined && Number(since) < 5,
    ...(status === undefined ? {} : { status: Number(status) }),
    bytes: Buffer.byteLength(text),
    raw,
    lines: raw.map(line => parseLogLine(line, bootedAt)).filter(line => line !== undefined),
  }
}

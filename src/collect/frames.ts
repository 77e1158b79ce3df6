import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { wholeNumber } from '../model/ranges.ts'
import type { Frame } from '../model/record.ts'
import { redactSecrets } from '../probes/secrets.ts'

/** A frame as it arrived, its streams still bytes. */
export interface RawFrame {
  readonly index: number
  readonly exit?: number
  readonly ms: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly cut?: Frame['cut']
}

/** What the first line of an answering script says. */
export interface Hello {
  readonly euid: number
  readonly epoch: number
  readonly zone: string
}

/** Takes the bytes of one exec as they arrive and cuts them into frames; memory is bounded by its caller's limit. */
export interface FrameReader {
  stdout(chunk: Buffer): void
  stderr(chunk: Buffer): void
  /** Everything that came, once the exec is over; a frame without its end is cut by time. */
  finish(): {
    readonly hello?: Hello
    /** What was said when root was refused. */
    readonly refused?: string
    readonly frames: readonly RawFrame[]
    readonly done: boolean
  }
}

/** `now` gives milliseconds; durations are measured here, where frames arrive. */
export const frameReader = (
  marker: string,
  askBytes: readonly number[],
  stderrBytes: number,
  now: () => number,
): FrameReader => {
  const known = (word: string | undefined): number | undefined => {
    const index = /^\d{1,6}$/.test(word ?? '') ? Number(word) : undefined
    return index !== undefined && index < askBytes.length ? index : undefined
  }
  // Some marks more than a script of ours prints; whoever sends more is not worth the search.
  const eager = 4 * askBytes.length + 64
  const out = markedLines(marker, eager)
  const err = markedLines(marker, eager)
  const began = new Map<number, number>()
  const ended = new Map<number, number>()
  const note = (lines: readonly string[]) => {
    for (const line of lines) {
      const [verb, word] = line.split(' ')
      const index = known(word)
      const times = verb === 'begin' ? began : verb === 'end' ? ended : undefined
      if (index !== undefined && times && !times.has(index)) times.set(index, now())
    }
  }
  return {
    stdout: chunk => note(out.push(chunk)),
    stderr: chunk => void err.push(chunk),
    finish: () => {
      note(out.search())
      err.search()
      const parts = out.parts()
      const errors = new Map<number | undefined, Buffer>()
      for (const part of err.parts().filter(isBegin)) {
        const index = known(part.words[1])
        if (!errors.has(index)) errors.set(index, part.body)
      }
      const frames = new Map<number, RawFrame>()
      for (const part of parts) {
        const index = known(part.words[1])
        const limit = index === undefined ? undefined : askBytes[index]
        // Said twice, the first counts.
        if (index === undefined || limit === undefined || frames.has(index)) continue
        if (part.words[0] === 'skip') frames.set(index, skipped(index))
        if (!isBegin(part)) continue
        const end = part.next?.[0] === 'end' && known(part.next[1]) === index ? part.next : undefined
        const status =
          end?.[2] ?? (end && trailer.exec(part.body.toString('latin1', part.body.length - 16))?.[1])
        const cut = part.body.length > limit ? 'bytes' : end ? undefined : 'time'
        const from = began.get(index)
        frames.set(index, {
          index,
          ...(status !== undefined && /^\d{1,3}$/.test(status) ? { exit: Number(status) } : {}),
          ms: from === undefined ? 0 : Math.max(0, Math.round((ended.get(index) ?? now()) - from)),
          stdout: part.body.subarray(0, limit),
          stderr: (errors.get(index) ?? Buffer.alloc(0)).subarray(0, stderrBytes),
          ...(cut ? { cut } : {}),
        })
      }
      const hello = parts.map(({ words }) => toHello(words)).find(value => value !== undefined)
      const refused = parts.find(({ words }) => words[0] === 'refused')?.body
      return {
        ...(hello ? { hello } : {}),
        ...(refused ? { refused: refused.toString('utf8', 0, refusedBytes) } : {}),
        frames: [...frames.values()],
        done: parts.some(({ words }) => words[0] === 'done'),
      }
    },
  }
}

// As many as the command sends.
const refusedBytes = 800

// What every whole answer ends with.
const trailer = /\n#end (\d{1,3})\n?$/

// The script had no time left for it.
const skipped = (index: number): RawFrame => ({
  index,
  ms: 0,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  cut: 'time',
})

interface Part {
  readonly words: readonly string[]
  readonly body: Buffer
  readonly next?: readonly string[]
}
const isBegin = (part: Part): boolean => part.words[0] === 'begin'

// hello 1 0 1795418000 +0100
const toHello = (words: readonly string[]): Hello | undefined => {
  if (words[0] !== 'hello' || words[1] !== '1') return undefined
  const [euid, epoch] = [wholeNumber(words[2], 0, 0xffff_ffff), wholeNumber(words[3], 0, 1e15)]
  if (euid === undefined || epoch === undefined) return undefined
  return { euid, epoch, zone: /^[+-]\d{4}$/.test(words[4] ?? '') ? (words[4] ?? '') : '+0000' }
}

/**
 * Finds the marker's lines ("\nMARKER words\n") in a stream of chunks. A marker may be split over chunks, so the
 * search starts again a marker's length before the new bytes; the body between two marks is joined only once.
 */
const markedLines = (marker: string, eager: number) => {
  const needle = Buffer.from(`\n${marker} `)
  const chunks: Buffer[] = []
  let all: Buffer = Buffer.alloc(0)
  let searched = 0
  const marks: { readonly at: number; readonly end: number; readonly words: readonly string[] }[] = []
  const search = (): string[] => {
    all = chunks.length === 1 ? (chunks[0] ?? all) : Buffer.concat(chunks)
    chunks.length = 0
    chunks.push(all)
    const found: string[] = []
    for (;;) {
      const at = all.indexOf(needle, searched)
      const close = at < 0 ? -1 : all.indexOf(10, at + needle.length)
      if (at < 0 || close < 0) {
        searched = at < 0 ? Math.max(searched, all.length - needle.length) : at
        return found
      }
      const line = all.toString('latin1', at + needle.length, Math.min(close, at + needle.length + 200))
      marks.push({ at, end: close + 1, words: line.split(' ') })
      found.push(line)
      // The newline that ends this mark may begin the next.
      searched = close
    }
  }
  let pending = 0
  let searches = 0
  return {
    push: (chunk: Buffer): string[] => {
      chunks.push(chunk)
      pending += chunk.length
      // Joining on every small chunk would be quadratic: join when a line may have come, and by doubling.
      const due = pending >= Math.max(all.length, 65_536)
      if (!due && (searches >= eager || !chunk.includes(marker))) return []
      searches += 1
      pending = 0
      return search()
    },
    search,
    parts: (): Part[] =>
      marks.map((mark, index) => {
        const next = marks[index + 1]
        return {
          words: mark.words,
          body: all.subarray(mark.end, next?.at ?? all.length),
          ...(next ? { next: next.words } : {}),
        }
      }),
  }
}

/** The frame as stored, without secrets: text where the bytes are UTF-8, else base64; what a probe redacts is text. */
export const toFrame = (
  ask: string,
  raw: RawFrame,
  redact?: (stdout: string) => string,
  mask: (text: string) => string = text => text,
): Frame => {
  const binary = !redact && !isUtf8(raw.stdout)
  const text = raw.stdout.toString(binary ? 'latin1' : 'utf8')
  const seen = redactSecrets(redact ? redact(text) : text)
  const clean = mask(seen)
  const stdout = binary ? Buffer.from(clean, 'latin1').toString('base64') : clean
  return {
    ask,
    ...(raw.exit === undefined ? {} : { exit: raw.exit }),
    ms: raw.ms,
    stdout,
    stderr: mask(redactSecrets(raw.stderr.toString('utf8'))),
    ...(binary ? { encoding: 'base64' as const } : {}),
    // What a password was taken out of is not the whole answer: nothing may pass by it.
    ...(raw.cut ? { cut: raw.cut } : clean === seen ? {} : { cut: 'secret' as const }),
    sha256: createHash('sha256').update(stdout).digest('hex'),
  }
}

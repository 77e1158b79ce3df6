import type { ErrorCode } from '../errors.ts'
import { forTerminal } from '../model/printable.ts'
import type { NodeError } from '../model/record.ts'

/** What went wrong with one node, before it is known how often it was tried. */
export interface Trouble {
  readonly code: ErrorCode
  readonly stage: Extract<NodeError['stage'], 'connect' | 'login' | 'exec'>
  /** Where it is a host on the way that it happened to: what. */
  readonly of?: ErrorCode
  /** The sentence without its subject: `no TCP connection to 10.0.0.17:22 after 10 s`. */
  readonly what: string
}

/** The error of a node's record: `node worker-07: no TCP connection to 10.0.0.17:22 after 10 s (2 tries)`. */
export const nodeError = (node: string, { code, stage, what, of }: Trouble, tries = 1): NodeError => ({
  code,
  stage,
  ...(of === undefined ? {} : { of }),
  sentence: `node ${node}: ${what}${tries > 1 ? ` (${tries} tries)` : ''}`,
})

/** What an interrupted node gets, whatever it was doing. */
export const interrupted = (stage: Trouble['stage'], doing: string): Trouble => ({
  code: 'interrupted',
  stage,
  what: `interrupted while ${doing}`,
})

/** Words of a node or of a library within a sentence: one line, visible, of bearable length. */
export const quoted = (text: string): string => {
  const line = forTerminal(text.trim().replace(/\s*[\r\n]+\s*/g, ' '))
  return `'${line.length > quoteCharacters ? `${line.slice(0, quoteCharacters)}…` : line}'`
}

const quoteCharacters = 120

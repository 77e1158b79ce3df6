import { forTerminalLine } from '../model/printable.ts'
import { redactSecrets } from '../probes/secrets.ts'

/** Keeps the beginning of what a node says, to be able to quote it where it is no answer of ours. */
export const firstWords = (): {
  readonly hear: (stream: 'stdout' | 'stderr', chunk: Buffer) => void
  /** `, saying 'This account is currently not available.'`, or nothing where nothing was said. */
  readonly words: () => string
} => {
  const heard = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  return {
    hear: (stream, chunk) => {
      const room = keptBytes - heard[stream].length
      if (room > 0) heard[stream] = Buffer.concat([heard[stream], chunk.subarray(0, room)])
    },
    words: () => {
      const line = lineOf(heard.stdout) || lineOf(heard.stderr)
      const short = line.length > quotedCharacters ? `${line.slice(0, quotedCharacters)}…` : line
      return line === '' ? '' : `, saying '${short}'`
    },
  }
}

const lineOf = (bytes: Buffer): string => {
  // Taken out of the whole before it is cut: half a credential looks like none.
  const lines = redactSecrets(bytes.toString('utf8')).split(/\r?\n|\r/)
  return forTerminalLine(lines.find(line => line.trim() !== '') ?? '').trim()
}

const keptBytes = 1024
const quotedCharacters = 120

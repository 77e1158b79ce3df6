import { closeSync, openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'

/**
 * Asks on the terminal of this process, whatever stdin and stderr are, without showing what is typed. Undefined where there is none, and
 * when ^D or ^C ends it; ^C interrupts the program as it does anywhere else.
 */
export const askHidden = (prompt: string): Promise<string | undefined> => {
  const fd = openTerminal()
  if (fd === undefined) return Promise.resolve(undefined)
  return new Promise(resolve => {
    const input = new ReadStream(fd)
    const typed: Buffer[] = []
    const end = (answer: string | undefined) => {
      input.setRawMode(false)
      input.destroy()
      write('\n')
      resolve(answer)
    }
    // Also ends the echo and the handling of ^C by the terminal.
    input.setRawMode(true)
    write(prompt)
    input.once('error', () => end(undefined))
    input.on('data', (chunk: Buffer) => {
      for (const byte of chunk) {
        if (byte === enter || byte === newline) return end(Buffer.concat(typed).toString('utf8'))
        if (byte === interrupt || byte === endOfFile) {
          end(undefined)
          if (byte === interrupt) process.kill(process.pid, 'SIGINT')
          return
        }
        if (byte === kill) typed.length = 0
        else if (byte === backspace || byte === rubout) rubOut(typed)
        else typed.push(Buffer.from([byte]))
      }
    })
  })
}

const [interrupt, endOfFile, backspace, newline, enter, kill, rubout] = [3, 4, 8, 10, 13, 21, 127]

// A character may be several bytes, all but the first of which begin with the bits 10.
const rubOut = (typed: Buffer[]): void => {
  for (let last = typed.pop(); last && ((last[0] ?? 0) & 0xc0) === 0x80;) last = typed.pop()
}

const openTerminal = (): number | undefined => {
  try {
    return openSync('/dev/tty', 'r+')
  } catch {
    return undefined
  }
}

const write = (text: string): void => {
  const fd = openTerminal()
  if (fd === undefined) return
  writeSync(fd, text)
  closeSync(fd)
}

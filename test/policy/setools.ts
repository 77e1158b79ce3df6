import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What sesearch or seinfo answered. */
export interface Answered {
  readonly out: string
  readonly status: number
}

/** Debian's sesearch and seinfo in one Python process that loads each policy once: a command takes a second and a half. */
export interface Setools {
  readonly ask: (words: readonly string[]) => Promise<Answered>
  readonly stop: () => void
}

/** Starts the process; questions are answered in their order. */
export const startSetools = (): Setools => {
  // Debian's python, the one that has the setools package
  const child = spawn('/usr/bin/python3', ['test/policy/setools-oracle.py'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let last: Promise<unknown> = Promise.resolve()
  const ask = async (words: readonly string[]): Promise<Answered> => {
    child.stdin.write(`${JSON.stringify(words)}\n`)
    const line = await lines.next()
    if (line.done) throw new Error(`setools ended at: ${words.join(' ')}`)
    // the shape that setools-oracle.py writes
    return JSON.parse(line.value) as Answered
  }
  return {
    ask: words => {
      const answer = last.then(() => ask(words))
      last = answer.catch(() => undefined)
      return answer
    },
    stop: () => {
      child.stdin.end()
    },
  }
}

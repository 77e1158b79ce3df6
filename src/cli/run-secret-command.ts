import { execFile } from 'node:child_process'
import { forTerminalLine } from '../model/printable.ts'

/** What a program that knows a secret printed on stdout, or why it did not, for the end of a sentence. Its stdout is in no message. */
export const runSecretCommand = (
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly stdout: string } | { readonly failed: string }> =>
  new Promise(resolve => {
    const child = execFile(
      file,
      [...args],
      {
        env: { ...env },
        timeout: seconds * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        if (!error) return resolve({ stdout })
        const said = stderr.trim().split('\n').at(-1) ?? ''
        const how = error.killed
          ? `did not end within ${seconds} s`
          : typeof error.code === 'number'
            ? `ended with status ${error.code}`
            : `failed (${error.code ?? error.signal ?? 'unknown'})`
        resolve({ failed: said === '' ? how : `${how}: ${forTerminalLine(said).slice(0, 200)}` })
      },
    )
    child.stdin?.on('error', () => undefined).end()
  })

const seconds = 60

/** What a command may touch; tests give their own. */
export interface World {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Calls back on the first ^C or TERM; returns how to stop listening. */
  readonly onInterrupt: (callback: () => void) => () => void
  /** Asks on the terminal without showing what is typed; undefined where there is no terminal, or whoever sits there left. */
  readonly askHidden?: (prompt: string) => Promise<string | undefined>
}

export interface Output {
  write(text: string): void
  readonly columns?: number
  readonly isTTY?: boolean
}

/** Whether to colour: a terminal, NO_COLOR unset (no-color.org), TERM not dumb. */
export const wantsColor = (output: Output, env: World['env']): boolean =>
  output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'

/** A command's end: its exit code. */
export type Done = (exitCode: number) => void

import { run } from '../../src/cli/run.ts'

/** `sefleet policy WORDS`, in this process. */
export const sefleetPolicy = async (
  words: readonly string[],
): Promise<{ readonly out: string; readonly err: string; readonly status: number }> => {
  let [out, err] = ['', '']
  const status = await run(['policy', ...words], {
    stdout: { write: text => void (out += text) },
    stderr: { write: text => void (err += text) },
    env: {},
    now: () => 0,
    onInterrupt: () => () => undefined,
  })
  return { out, err, status }
}

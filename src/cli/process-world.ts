import { askHidden } from './ask-hidden.ts'
import type { World } from './world.ts'

/** The real world: this process's streams, clock and signals. */
export const processWorld = (): World => {
  // A reader that goes away (`| head`) ends the program quietly, as it ends any filter.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: Date.now,
    askHidden,
    onInterrupt: callback => {
      let asked = false
      const listener = () => {
        // The second ^C does not wait for the nodes that are being asked.
        if (asked) process.exit(130)
        asked = true
        callback()
      }
      process.on('SIGINT', listener)
      process.on('SIGTERM', listener)
      return () => {
        process.off('SIGINT', listener)
        process.off('SIGTERM', listener)
      }
    },
  }
}

import type { World } from '../../src/cli/world.ts'

/** A world that remembers what was written, with a fixed clock. */
export const fakeWorld = (): {
  readonly world: World
  readonly out: () => string
  readonly err: () => string
  interrupt(): void
} => {
  let [out, err] = ['', '']
  const listeners = new Set<() => void>()
  return {
    world: {
      stdout: { write: text => void (out += text) },
      stderr: { write: text => void (err += text) },
      env: {},
      now: Date.now,
      onInterrupt: callback => {
        listeners.add(callback)
        return () => void listeners.delete(callback)
      },
    },
    out: () => out,
    err: () => err,
    interrupt: () => listeners.forEach(listener => listener()),
  }
}

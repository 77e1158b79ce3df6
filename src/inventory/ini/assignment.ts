import { pythonStrip } from '../python/lines.ts'

/** A line of `[GROUP:vars]`: what stands before and after its first `=`, and where the latter begins. */
export interface Assignment {
  readonly name: string
  readonly value: string
  readonly offset: number
}

/** Undefined where there is no `=`. A comment after the value is part of it, unless Python takes it for one. */
export const splitAssignment = (line: string): Assignment | undefined => {
  const at = line.indexOf('=')
  if (at < 0) return undefined
  const value = pythonStrip(line.slice(at + 1))
  const offset = value === '' ? at + 1 : line.indexOf(value, at + 1)
  return { name: pythonStrip(line.slice(0, at)), value, offset }
}

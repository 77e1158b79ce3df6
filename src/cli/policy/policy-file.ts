import { readFileSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { SefleetError } from '../../errors.ts'
import type { Policy } from '../../policy/policy.ts'
import { PolicyFault } from '../../policy/read/cursor.ts'
import { readPolicy } from '../../policy/read/read.ts'

/** A policy file is about 5 MB at the most; a greater one is not read. */
const largest = 64 * 1024 * 1024

/** Reads a policy file, also a gzipped one (a run’s `policies/SHA256.gz`). */
export const readPolicyFile = (path: string): Policy => {
  try {
    return readPolicy(bytesOf(path))
  } catch (cause) {
    if (cause instanceof PolicyFault)
      throw new SefleetError('policy-invalid', `${path}: ${cause.message}`, { cause })
    if (cause instanceof Error && 'code' in cause)
      throw new SefleetError('policy-unreadable', `${path}: ${cause.message}`, { cause })
    throw cause
  }
}

const bytesOf = (path: string): Buffer => {
  const { size } = statSync(path)
  if (size > largest) throw new PolicyFault(0, `${size} bytes, more than ${largest}`)
  const bytes = readFileSync(path)
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: largest }) : bytes
}

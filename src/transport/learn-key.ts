import { createHmac, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Adds a host key to a known_hosts file: the line whole and in one write, so that others may add theirs at the same moment. A
 * new file is for its owner alone. Throws what the operating system says.
 */
export const learnKey = (
  file: string,
  {
    name,
    type,
    key,
    isHashed,
  }: { readonly name: string; readonly type: string; readonly key: Buffer; readonly isHashed: boolean },
): void => {
  try {
    mkdirSync(dirname(file), { mode: 0o700 })
  } catch (cause) {
    // Whether there is a folder now, opening the file tells.
    if (!(cause instanceof Error)) throw cause
  }
  const descriptor = openSync(file, 'a+', 0o600)
  try {
    const line = `${isHashed ? hashedName(name) : name} ${type} ${key.toString('base64')}\n`
    const bytes = Buffer.from(endsALine(descriptor) ? line : `\n${line}`)
    const written = writeSync(descriptor, bytes)
    if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes were written`)
  } finally {
    closeSync(descriptor)
  }
}

const endsALine = (descriptor: number): boolean => {
  const { size } = fstatSync(descriptor)
  if (size === 0) return true
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  return last[0] === 0x0a
}

// As ssh does with HashKnownHosts: `|1|salt|HMAC-SHA1(salt, name)`.
const hashedName = (name: string): string => {
  const salt = randomBytes(20)
  const hash = createHmac('sha1', salt).update(name).digest('base64')
  return `|1|${salt.toString('base64')}|${hash}`
}

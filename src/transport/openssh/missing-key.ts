import { existsSync } from 'node:fs'
import type { Reach } from '../reach.ts'
import type { Trouble } from '../trouble.ts'

/** The trouble of a key that was named and is not there: ssh would pass it over and log in by another. */
export const missingKey = ({ keys }: Reach): Trouble | undefined => {
  if (keys.by !== 'name') return undefined
  const file = keys.files.find(one => !existsSync(one) && !existsSync(`${one}.pub`))
  return file === undefined
    ? undefined
    : { code: 'identity-unreadable', stage: 'login', what: `private key ${file} does not exist` }
}

import { existsSync } from 'node:fs'
import { readAgent } from '../agent.ts'
import { readPrivateKey } from '../private-key.ts'
import type { Reach } from '../reach.ts'
import type { Trouble } from '../trouble.ts'

/** What is wrong with the keys beforehand: a login would only say that it failed. */
export const keyTrouble = async ({ keys }: Reach): Promise<Trouble | undefined> => {
  if (keys.by === 'custom') return undefined
  if (keys.by === 'name') {
    // ssh would pass it over and log in by another.
    const file = keys.files.find(one => !existsSync(one) && !existsSync(`${one}.pub`))
    if (file !== undefined)
      return { code: 'identity-unreadable', stage: 'login', what: `private key ${file} does not exist` }
  }
  const there = keys.files.filter(file => existsSync(file)).map(file => ({ file, key: readPrivateKey(file) }))
  const [first] = there
  // Nobody is asked while it logs in: it needs one key that is not encrypted, or an agent.
  if (!first || there.some(({ key }) => key.state !== 'encrypted')) return undefined
  const answer = keys.agentSocket === undefined ? undefined : await readAgent(keys.agentSocket, agentSeconds)
  const held = answer?.state === 'answered' ? answer.keys.map(key => key.getPublicSSH()) : []
  const isHeld = there.some(
    ({ key }) => key.state === 'encrypted' && key.blob && held.some(one => key.blob?.equals(one)),
  )
  // What else an agent holds may do; certificates and tokens are not among the keys that are listed here.
  if (isHeld || (answer !== undefined && !(keys.by === 'name' || keys.only))) return undefined
  return {
    code: 'identity-locked',
    stage: 'login',
    what: `private key ${first.file} is encrypted, and OpenSSH’s client, which goes there, gets no passphrase from us: ssh-add it`,
  }
}

const agentSeconds = 5

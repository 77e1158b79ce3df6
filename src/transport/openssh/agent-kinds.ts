import { connect } from 'node:net'
import { keyTypeOf } from '../known-hosts-line.ts'

/** The types of all keys an agent holds (`ssh-ed25519-cert-v01@openssh.com`), those that ssh2 does not know too; none where it is silent. */
export const agentKinds = (socketPath: string, seconds: number): Promise<readonly string[]> =>
  new Promise(resolve => {
    const socket = connect(socketPath)
    let bytes = Buffer.alloc(0)
    const settle = (kinds: readonly string[]) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(kinds)
    }
    const timer = setTimeout(() => settle([]), seconds * 1000)
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const length = bytes.length < 4 ? undefined : bytes.readUInt32BE(0)
      if (length !== undefined && length > answerBytes) settle([])
      else if (length !== undefined && bytes.length >= 4 + length)
        settle(kindsIn(bytes.subarray(4, 4 + length)))
    })
    socket.once('error', () => settle([]))
    socket.once('close', () => settle([]))
    socket.write(Buffer.from([0, 0, 0, 1, requestIdentities]))
  })

// draft-ietf-sshm-ssh-agent: byte type, uint32 number, then for each key string blob, string comment.
const requestIdentities = 11
const identitiesAnswer = 12
const answerBytes = 1024 * 1024

const kindsIn = (answer: Buffer): readonly string[] => {
  if (answer[0] !== identitiesAnswer) return []
  const kinds: string[] = []
  let at = 5
  const readString = (): Buffer | undefined => {
    if (at + 4 > answer.length) return undefined
    const start = at + 4
    at = start + answer.readUInt32BE(at)
    return at > answer.length ? undefined : answer.subarray(start, at)
  }
  for (;;) {
    const blob = readString()
    if (!blob || !readString()) return kinds
    kinds.push(keyTypeOf(blob) ?? 'unreadable')
  }
}

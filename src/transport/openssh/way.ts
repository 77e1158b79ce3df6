import type { HostKeyNote } from '../../model/host-keys.ts'
import { hostPort } from '../address.ts'
import { nodeError } from '../trouble.ts'
import type { Way } from '../way.ts'
import { type ClientOptions, openSshClient } from './client.ts'
import { execOver } from './exec.ts'

/** OpenSSH’s own client. */
export const opensshWay = (
  options: Omit<ClientOptions, 'onHopNote'> & {
    /** The notes of hosts on the way that nobody has told yet. */
    readonly hopNotes: HostKeyNote[]
  },
  closing: AbortSignal,
): Way => {
  const { hopNotes, loginSeconds: openSeconds } = options
  const client = openSshClient({ ...options, onHopNote: note => hopNotes.push(note) }, closing)
  return {
    open: async ({ node, connection, reach, words, hopWords }, signal) => {
      const { host, sshProgram: program = 'ssh', connectSeconds, tries } = connection
      const own = {
        ...(connectSeconds === undefined ? {} : { connectSeconds }),
        ...(tries === undefined ? {} : { tries }),
      }
      const opened = await client.open({ reach, host, words, hopWords, program, ...own }, signal)
      const at = hostPort(reach.address)
      const note = 'note' in opened ? opened.note : undefined
      const notes = [...hopNotes.splice(0), ...(note ? [note] : [])]
      const base = { address: at, ...(notes.length > 0 ? { hostKeys: notes } : {}) }
      if ('trouble' in opened)
        return { ...base, error: nodeError(node, opened.trouble, opened.attempts), trouble: opened.trouble }
      const { master } = opened
      return {
        ...base,
        session: {
          exec: command => execOver({ node, at, master, openSeconds }, command),
          close: () => master.close(),
        },
      }
    },
    close: () => client.close(),
  }
}

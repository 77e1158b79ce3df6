import { becomingOf, type Node } from './node.ts'
import type { Secret } from './secret.ts'

/** Passwords of the command line: for nodes of which the inventory has none. */
export interface Passwords {
  readonly login?: Secret
  readonly become?: Secret
}

/** Whether any node would use such a password. */
export const lackingPasswords = (
  nodes: readonly Node[],
  isBecomeAsked: boolean,
): { readonly login: boolean; readonly become: boolean } => ({
  login: nodes.some(({ connection }) => connection.kind === 'ssh' && !connection.password),
  become: nodes.some(({ connection }) => {
    const becoming = becomingOf(connection, isBecomeAsked)
    return becoming && !becoming.password
  }),
})

/** The nodes with these passwords where they have none of their own. */
export const withPasswords = (
  nodes: readonly Node[],
  { login, become }: Passwords,
  isBecomeAsked: boolean,
): readonly Node[] =>
  nodes.map(node => {
    const { connection } = node
    const becoming = becomingOf(connection, isBecomeAsked)
    return {
      ...node,
      connection: {
        ...connection,
        ...(connection.kind === 'ssh' && login && !connection.password ? { password: login } : {}),
        ...(becoming && become && !becoming.password ? { becoming: { ...becoming, password: become } } : {}),
      },
    }
  })

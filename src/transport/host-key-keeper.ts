import type { HostKeyNote, HostKeyPolicy } from '../model/host-keys.ts'
import { type Address, lookupName } from './address.ts'
import { describeKey, type KnownKeys, judgeHostKey, keysFor } from './host-key.ts'
import type { KnownHosts } from './known-hosts.ts'
import { keyTypeOf } from './known-hosts-line.ts'
import { learnKey } from './learn-key.ts'
import type { Trouble } from './trouble.ts'

/** Decides on the key that one host shows. */
export interface HostKey {
  /** The types to ask for first. */
  readonly knownTypes: readonly string[]
  /** Undefined: it is let in so far. */
  readonly judge: (key: Buffer) => Trouble | undefined
  /** It was let in although another is known for this host: as with ssh, such a host is given no password. */
  readonly isOther: () => boolean
  /** Called once the host has proved that the key is its own: only then is it remembered. */
  readonly proved: () => { readonly note?: HostKeyNote } | { readonly trouble: Trouble }
}

export interface HostKeyRequest {
  readonly knownHosts: KnownHosts
  readonly address: Address
  /** HostKeyAlias: looked up instead, and without a port. */
  readonly alias?: string
  readonly policy: HostKeyPolicy
  /** Where a new key goes. */
  readonly learnInto: string
  /** HashKnownHosts: names are written hashed. */
  readonly isHashed: boolean
}

type Seen = 'known' | 'new' | 'unverified' | 'other'

const typesOf = (key: Buffer | undefined): readonly string[] => {
  const type = key && keyTypeOf(key)
  return type === undefined ? [] : [type]
}

/** Judges host keys for a whole run: one that was learnt a moment ago counts for whoever comes next under that name. */
export const hostKeyKeeper = (): ((request: HostKeyRequest) => HostKey) => {
  const learnt = new Map<string, Buffer>()
  return ({ knownHosts, address, alias, policy, learnInto, isHashed }) => {
    const name = alias?.toLowerCase() ?? lookupName(address)
    const known: KnownKeys = keysFor(knownHosts, address, alias)
    let shown: { readonly key: Buffer; readonly as: Seen } | undefined
    const look = (key: Buffer): { readonly as: Seen } | { readonly trouble: Trouble } => {
      const earlier = learnt.get(name)
      const trouble = judgeHostKey(key, known, earlier)
      if (!trouble) return { as: 'known' }
      if (policy === 'accept-new' && trouble.code === 'host-key-unknown') return { as: 'new' }
      // A key that is marked as stolen opens no door, as with ssh.
      if (policy === 'off' && trouble.code !== 'host-key-revoked')
        return { as: trouble.code === 'host-key-unknown' ? 'unverified' : 'other' }
      return { trouble }
    }
    return {
      knownTypes: [...typesOf(learnt.get(name)), ...known.types],
      judge: key => {
        const seen = look(key)
        if ('trouble' in seen) return seen.trouble
        shown = { key, as: seen.as }
        return undefined
      },
      isOther: () => shown?.as === 'other',
      proved: () => {
        if (!shown || shown.as === 'known') return {}
        const { key } = shown
        if (shown.as === 'unverified' || shown.as === 'other')
          return {
            note: {
              state: 'unverified',
              host: name,
              key: describeKey(key),
              ...(shown.as === 'other' ? { isOther: true } : {}),
            },
          }
        // Another connection to the same name may have been quicker.
        const now = look(key)
        if ('trouble' in now) return now
        if (now.as !== 'new') return {}
        try {
          learnKey(learnInto, { name, type: keyTypeOf(key) ?? '', key, isHashed })
        } catch (cause) {
          const why = cause instanceof Error ? cause.message : String(cause)
          const what = `the new ${describeKey(key)} of ${name} cannot be added to ${learnInto}: ${why}`
          return { trouble: { code: 'known-hosts-unwritable', stage: 'login', what } }
        }
        learnt.set(name, key)
        return { note: { state: 'learnt', host: name, key: describeKey(key), file: learnInto } }
      },
    }
  }
}

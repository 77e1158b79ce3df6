/** One usable line of a known_hosts file; its key is decoded when somebody asks for it. */
export interface KnownHostsLine {
  readonly file: string
  readonly line: number
  readonly marker?: 'revoked' | 'cert-authority'
  /** The first field: a comma list of names and patterns, or one hashed name. */
  readonly names: string
  readonly keyType: string
  readonly key: string
}

/**
 * Reads one line; undefined for comments, blank and broken lines, which OpenSSH skips as well.
 *
 *     @revoked *.example,!bad.example ssh-ed25519 AAAAC3Nz… a comment
 */
export const parseKnownHostsLine = (text: string, file: string, line: number): KnownHostsLine | undefined => {
  const [, marker, names, keyType, key] = shape.exec(text) ?? []
  if (names === undefined || keyType === undefined || key === undefined) return undefined
  if (marker === undefined) return { file, line, names, keyType, key }
  if (marker !== 'revoked' && marker !== 'cert-authority') return undefined
  return { file, line, marker, names, keyType, key }
}

// OpenSSH lets only a blank end a marker; a tab is taken here too: a @revoked line had better count.
const shape = /^[ \t]*(?:@(\S+)[ \t]+)?([^\s#@]\S*)[ \t]+([^\s#]\S*)[ \t]+(\S+)/

/** The key in its wire form; undefined when the text is no key of the type it claims (RFC 4253 6.6). */
export const keyBlobOf = ({ keyType, key }: KnownHostsLine): Buffer | undefined => {
  const blob = Buffer.from(key, 'base64')
  return keyTypeOf(blob) === keyType ? blob : undefined
}

/** The type a key in wire form says it has, such as `ssh-ed25519`. */
export const keyTypeOf = (blob: Buffer): string | undefined => {
  if (blob.length < 4) return undefined
  const length = blob.readUInt32BE(0)
  if (length > 64 || blob.length <= 4 + length) return undefined
  const type = blob.toString('latin1', 4, 4 + length)
  return /^[\w@.-]+$/.test(type) ? type : undefined
}

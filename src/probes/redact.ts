/** What stands where a credential stood. */
export const redacted = '[redacted]'

/**
 * Replaces what looks like a credential in an argv joined by spaces; linear in its length, for argv is hostile.
 * Longhorn's backing-image-data-source passes `--credential AWS_SECRET_ACCESS_KEY=…` and signed URLs in
 * `--parameters` (longhorn-manager backing_image_data_source_controller.go). Joined by spaces, a value's end cannot
 * be seen: everything up to the next option goes with it.
 */
export const redactArgv = (argv: string): string => {
  let hiding: 'no' | 'next' | 'on' = 'no'
  const words = argv.split(' ').map(word => {
    if (word === '') return word
    const isOption = word.startsWith('-')
    const namesSecret = secretNameEnd(word) === word.length && (isOption || word.toLowerCase() === 'bearer')
    if (hiding === 'next' && !namesSecret && !word.startsWith('--')) {
      hiding = 'on'
      return redacted
    }
    if (hiding === 'on' && !isOption) return redacted
    const [shown, hasValue] = redactWord(word)
    hiding = namesSecret ? 'next' : hasValue ? 'on' : 'no'
    return shown
  })
  return words.join(' ').replaceAll(/\[redacted\](?: +\[redacted\])+/g, redacted)
}

// The word as it may be kept, and whether a secret's value began in it.
const redactWord = (word: string): readonly [string, boolean] => {
  const plain = word.includes('://') ? redactUrl(word) : word
  const name = secretNameEnd(plain)
  if (name !== undefined && name < plain.length) return [`${plain.slice(0, name + 1)}${redacted}`, true]
  if (/eyJ[\w-]{8,}\./.test(plain.slice(0, 4096))) return [redacted, false] // a JSON web token
  return [plain, false]
}

/**
 * Where the name of a secret ends in a word: the index of the `=` or `:` after it, the word's length when there is
 * none; undefined when nothing in it names a secret. `parameters=sas_token=…` and `{"password":"…"}` count too.
 */
const secretNameEnd = (word: string): number | undefined => {
  const places = [word.search(secretName), word.search(camelSecretName)].filter(at => at >= 0)
  if (places.length === 0) return undefined
  const at = Math.min(...places)
  const end = word.slice(at).search(/[=:]/)
  return end < 0 ? word.length : at + end
}

// Short words count only as words of their own (key, _KEY_, apiKey), not within others (monkey, keepalive).
const secretName =
  /passw|passphrase|secret|token|credential|apikey|accesskey|privatekey|datastore-endpoint|authorization|bearer|(?<![a-z])(?:pass|pwd|key|creds?|auth|sig)(?![a-z])/i
const camelSecretName = /[a-z](?:Pass|Pwd|Key|Creds?|Auth)(?![a-z])/

const redactUrl = (word: string): string => {
  const start = word.indexOf('://') + 3
  // The last @ of all: a password may hold / ? and # where it should not.
  const at = word.lastIndexOf('@')
  const withoutUser = at >= start ? `${word.slice(0, start)}${redacted}@${word.slice(at + 1)}` : word
  const query = withoutUser.slice(start).search(/[?#]/)
  return query < 0 ? withoutUser : `${withoutUser.slice(0, start + query + 1)}${redacted}`
}

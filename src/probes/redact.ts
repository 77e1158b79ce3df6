import { redacted, redactSecrets } from './secrets.ts'

export { redacted } from './secrets.ts'

/**
 * Replaces what looks like a credential in an argv joined by spaces; linear in its length, for argv is hostile.
 * Longhorn's backing-image-data-source passes `--credential AWS_SECRET_ACCESS_KEY=…` and signed URLs in
 * `--parameters` (longhorn-manager backing_image_data_source_controller.go). Joined by spaces, a value's end cannot
 * be seen: everything up to the next option goes with it.
 */
export const redactArgv = (argv: string): string => {
  const options = secretOptionsOf(argv)
  let hiding: Hiding = 'no'
  let before = ''
  const words = redactSecrets(piped(argv))
    .split(' ')
    .map(word => {
      if (word === '') return word
      // What told itself has been the value that was to come.
      if (word.startsWith(redacted)) {
        if (hiding === 'next') hiding = 'on'
        return redacted
      }
      const [shown, then] = redactNext(word, before, hiding, options)
      hiding = then
      before = word
      return shown
    })
  return words.join(' ').replaceAll(/\[redacted\](?: +\[redacted\])+/g, redacted)
}

/**
 * `next`: a value is to come; `port`: it may be a port or a path instead; `on`: one has begun, and goes on to the next
 * option; `all`: no word but options is shown.
 */
type Hiding = 'no' | 'next' | 'port' | 'on' | 'all'

const redactNext = (
  word: string,
  before: string,
  hiding: Hiding,
  options: SecretOptions,
): readonly [string, Hiding] => {
  const isOption = word.startsWith('-')
  const awaits = namesSecret(word) || options.apart.has(word)
  // What stands between a name and its value: password = X, password -- X, -n password -v X
  if (hiding === 'next' && /^(?:=|:|:=|=>|--|-v|--value|is)$/.test(word)) return [word, 'next']
  if (hiding === 'port' && isPlace.test(word)) return [word, 'no']
  if ((hiding === 'next' || hiding === 'port') && !awaits && !word.startsWith('--')) return [redacted, 'on']
  if ((hiding === 'on' || hiding === 'all') && !isOption) return [redacted, hiding]
  const attached = options.attached.find(option => word.startsWith(option) && word.length > option.length)
  if (attached !== undefined) return [`${attached}${redacted}`, 'on']
  const [shown, hasValue] = redactWord(userOption.test(before) ? redactPair(word) : word)
  if (hasValue) return [shown, hiding === 'all' ? 'all' : 'on']
  if (takesSecrets.test(word)) return [shown, 'all']
  if (awaits) return [shown, options.apart.get(word) ?? 'next']
  return [shown, hiding === 'all' ? 'all' : 'no']
}

// mkdir -p /data, ssh -p 22, docker run -p 8080:80
const isPlace =
  /^(?:\/(?:var|run|etc|tmp|proc|dev|usr|opt|srv|home|mnt|root|data|log|host)(?:\/|$).*|\d{1,5}(?::\d{1,5})?)$/s

/** Options of the programs on this line whose value is a secret: in the next word, or written on to the option. */
interface SecretOptions {
  readonly apart: ReadonlyMap<string, 'next' | 'port'>
  readonly attached: readonly string[]
}

// Whoever has a -p: it is a password often enough. What others call their secret's option is told by program.
const anyProgram: readonly string[] = ['-p', '-P', '-pw', '-pass', '-passwd']
const byProgram: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /(?:^|[/\s])(?:mysql|mariadb|mydumper|myloader|percona|xtrabackup|sshpass|7z[ar]?|rar|unrar)/,
    ['-p', '-P'],
  ],
  [/(?:^|[/\s])(?:redis|valkey|keydb)-/, ['-a']],
  [/(?:^|[/\s])ldap|(?:^|[/\s])dsconf\b/, ['-w', '-y']],
  [/(?:^|[/\s])snmp/, ['-c', '-A', '-X', '-a']],
  [/(?:^|[/\s])openssl\b/, ['-k', '-K']],
  [/(?:^|[/\s])ssh-keygen\b/, ['-N', '-P']],
  [/(?:^|[/\s])(?:zip|unzip|ipmitool|sqlcmd|bcp)\b/, ['-P']],
  [/(?:^|[/\s])(?:impacket|evil-winrm|crackmapexec|winexe|wpa_passphrase)/, ['-p', '-H']],
]

const secretOptionsOf = (argv: string): SecretOptions => {
  const own = byProgram.flatMap(([program, options]) => (program.test(argv) ? options : []))
  const apart = new Map([
    ...anyProgram.map(option => [option, 'port'] as const),
    ...own.map(option => [option, 'next'] as const),
  ])
  return { apart, attached: own }
}

// passwd, chpasswd, htpasswd -b FILE USER X: these take secrets as plain words; `vault login X` does too.
const takesSecrets = /^(?:\S*\/)?(?:(?:ch|ht|k|mk|smb|ldap)?passwd|add_user|change_password|login)$/

// echo X | chpasswd: what is written to such a program is its secret.
const piped = (argv: string): string =>
  /passwd|password-stdin|token-stdin|sudo -\w*S|cryptsetup|--passphrase-fd/.test(argv)
    ? argv.replace(/(^|[\s;&])(echo|printf)( [^|]{1,4000})\|/g, `$1$2 ${redacted} |`)
    : argv

// The word as it may be kept, and whether a secret's value began in it.
const redactWord = (word: string): readonly [string, boolean] => {
  const plain = word.includes('://') ? redactUrl(word) : word
  const name = secretNameEnd(plain)
  if (name !== undefined && name < plain.length) {
    const value = plain.slice(name + 1)
    return [`${plain.slice(0, name + 1)}${redacted}`, !/^(?:true|false)$/.test(value)]
  }
  if (/^\/p(?:ass(?:word)?)?:/i.test(plain))
    return [`${plain.slice(0, plain.indexOf(':') + 1)}${redacted}`, true]
  const option = /^(--?(?:[a-z-]{0,20}user(?:name)?|u)[= ]?)(.*)$/is.exec(plain)
  if (option) return [`${option[1] ?? ''}${redactPair(option[2] ?? '')}`, false]
  return [redactLogin(plain), false]
}

// -u user:X, --proxy-user user:X, smbclient -U user%X; a number is a group or a port.
const userOption = /^--?(?:[a-z-]{0,20}user(?:name)?|u|creds?)$/i
const redactPair = (word: string): string =>
  word.replace(/^([^:%\s]{0,200}[:%])(?!\d{1,7}$)(?!\/\/).+$/s, `$1${redacted}`)

// scott/X@db, user:X@tcp(db:3306), user:X@host; not IMAGE:TAG@sha256:…, nor git@host:path
const redactLogin = (word: string): string =>
  word.replace(/^([\w.-]{1,64}[:/])[^\s@]{1,400}@(?!sha256:)/, `$1${redacted}@`)

/** Whether a word only names a secret, so that the next one is it: `--token`, `password`, `node.session.auth.password`. */
const namesSecret = (word: string): boolean => {
  if (secretNameEnd(word) !== word.length) return false
  if (word.startsWith('-')) return true
  return (
    /^(?:bearer|basic)$/i.test(word) ||
    /^[\w.-]{0,64}(?:password|passwd|passphrase|secret|token|psk|[_.-]key)$/i.test(word)
  )
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
  /passw|passphrase|passcode|passin|passout|(?:store|key)pass|secret|token|credential|apikey|accesskey|accountkey|privatekey|signature|datastore-endpoint|connection-?string|authorization|bearer|cookie|mnemonic|(?<![a-z])(?:pass|pwd|key|creds?|auth|sig|psk|jwt|sas|otp|dsn|pin|community)(?![a-z])/i
const camelSecretName = /[a-z](?:Pass|Pwd|Key|Creds?|Auth|Psk)(?![a-z])/

const redactUrl = (word: string): string => {
  const start = word.indexOf('://') + 3
  // The last @ of all: a password may hold / ? and # where it should not.
  const at = word.lastIndexOf('@')
  const withoutUser = at >= start ? `${word.slice(0, start)}${redacted}@${word.slice(at + 1)}` : word
  const query = withoutUser.slice(start).search(/[?#]/)
  return query < 0 ? withoutUser : `${withoutUser.slice(0, start + query + 1)}${redacted}`
}

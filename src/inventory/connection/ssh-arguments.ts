import { shellWords } from './words.ts'

// Options of ssh that neither lead elsewhere nor log in as someone else; the transport has its own say on each of them.
const harmlessOptions = new Set(
  `
  AddKeysToAgent BatchMode CheckHostIP Compression ConnectTimeout ConnectionAttempts ControlMaster
  ControlPath ControlPersist EscapeChar ForwardAgent ForwardX11 GlobalKnownHostsFile
  GSSAPIAuthentication HashKnownHosts IdentitiesOnly IPQoS KbdInteractiveAuthentication LogLevel
  NumberOfPasswordPrompts PasswordAuthentication PreferredAuthentications PubkeyAuthentication
  RequestTTY ServerAliveCountMax ServerAliveInterval StrictHostKeyChecking TCPKeepAlive UpdateHostKeys
  UserKnownHostsFile VerifyHostKeyDNS VisualHostKey
  `
    .toLowerCase()
    .trim()
    .split(/\s+/),
)
const harmlessFlags = /^-[aACkKnqtTvxXY]+$/

// What to write instead, where there is something.
const instead: Readonly<Record<string, string>> = {
  '-i': 'ansible_private_key_file',
  '-l': 'ansible_user',
  '-p': 'ansible_port',
  identityfile: 'ansible_private_key_file',
  user: 'ansible_user',
  port: 'ansible_port',
  hostname: 'ansible_host',
}

/** What in these arguments for ssh can't be honoured, for the end of a sentence; undefined when nothing. */
export const judgeArguments = (text: string): string | undefined => {
  const words = shellWords(text)
  if (!words) return `an open quotation mark: ${text}`
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (harmlessFlags.test(word)) continue
    if (!word.startsWith('-o'))
      return unknown(word.length > 2 ? word : words.slice(at, at + 2).join(' '), word.slice(0, 2))
    // `-o Name=value`, `-oName=value` and `-o "Name value"` are the same.
    const option = word === '-o' ? (words[++at] ?? '') : word.slice(2)
    const name = /^\s*([^\s=]*)/.exec(option)?.[1] ?? ''
    if (!harmlessOptions.has(name.toLowerCase())) return unknown(`-o ${option}`, name.toLowerCase())
  }
  return undefined
}

const unknown = (what: string, name: string): string => {
  const variable = instead[name]
  return `'${what}', which sefleet can't honour${variable === undefined ? '' : `: set ${variable} instead`}`
}

/** What words for `ssh` (before its host) come to, as lines of ssh_config, of which the first one wins. */
export interface WordsRead {
  readonly lines: readonly string[]
  /** The last `-F`: instead of the user’s and the system’s files; `none` is no file at all. */
  readonly configFile?: string
  /** A word that is no option of ssh’s. */
  readonly unknown?: string
}

/** Reads options as people write them for ssh: `-J bastion`, `-oProxyJump=bastion`, `-i key`, `-4A`. */
export const readWords = (words: readonly string[]): WordsRead => {
  const lines: string[] = []
  let configFile: string | undefined
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!/^-[A-Za-z0-9]/.test(word)) return { lines, unknown: word }
    for (let letter = 1; letter < word.length; letter++) {
      const flag = word[letter] ?? ''
      if (!withValue.includes(flag)) {
        if (!plain.includes(flag)) return { lines, unknown: `-${flag}` }
        const line = plainLines[flag]
        if (line !== undefined) lines.push(line)
        continue
      }
      const value = letter + 1 < word.length ? word.slice(letter + 1) : words[++at]
      if (value === undefined) return { lines, unknown: `-${flag}` }
      if (flag === 'F') configFile = value
      else if (flag === 'o') lines.push(value.replace(/^\s*([A-Za-z0-9]+)\s*=\s*/, '$1 '))
      else if (flag in keywords) lines.push(`${keywords[flag] ?? ''} ${value}`)
      break
    }
  }
  return { lines, ...(configFile === undefined ? {} : { configFile }) }
}

// ssh(1), OpenSSH 10: the flags that take a value, and those that take none.
const withValue = 'BbcDEeFIiJLlmOoPpQRSWw'
const plain = '46AaCfGgKkMNnqsTtVvXxYy'

// Those that say how a connection is made; the others say what is done over it.
const plainLines: Readonly<Record<string, string>> = {
  '4': 'AddressFamily inet',
  '6': 'AddressFamily inet6',
  C: 'Compression yes',
  K: 'GSSAPIAuthentication yes',
  k: 'GSSAPIDelegateCredentials no',
}

const keywords: Readonly<Record<string, string>> = {
  b: 'BindAddress',
  B: 'BindInterface',
  c: 'Ciphers',
  I: 'PKCS11Provider',
  i: 'IdentityFile',
  J: 'ProxyJump',
  l: 'User',
  m: 'MACs',
  p: 'Port',
}

import { userInfo } from 'node:os'
import { parse } from 'ssh-config'
import type { ConfigLine } from './config-lines.ts'
import type { Question, SaidBySsh } from './ssh-g.ts'
import { readWords } from '../../model/ssh-words.ts'

/**
 * What a configuration means for a host, where no OpenSSH client is here to say it: in the form of `ssh -G`. `Match exec`
 * never holds and no name is canonicalised: nothing is run and nothing is looked up.
 */
export const answerOffline = (
  { words, host }: Question,
  lines: readonly ConfigLine[],
  home: string,
): SaidBySsh => {
  const { lines: own, unknown } = readWords(words)
  if (unknown !== undefined) return { said: 'refusal', why: `unknown option -- ${unknown}` }
  const text = [...own, 'Host *', ...lines.filter(isSafe).map(line => line.text)].join('\n')
  const found = parse(text).compute({ Host: host }, { ignoreCase: true, matchExec: false })
  const valuesOf = (name: string): readonly string[] => {
    const value: unknown = found[name]
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
    return [...new Set(texts.filter(one => typeof one === 'string'))]
  }
  const first = (name: string): string | undefined => valuesOf(name)[0]
  const hostName = (first('hostname') ?? host)
    .replaceAll(/%(h|%)/g, (_token, letter: string) => (letter === 'h' ? host : '%'))
    .toLowerCase()
  const [user, port] = [first('user') ?? userName(), first('port') ?? '22']
  const tokens: Readonly<Record<string, string>> = {
    '%': '%',
    h: hostName,
    n: host,
    p: port,
    r: user,
    d: home,
  }
  const whole = (file: string): string =>
    file
      .replaceAll(/%(.)/g, (token, letter: string) => tokens[letter] ?? token)
      .replace(/^~(?=\/)/, () => home)
  const files = valuesOf('identityfile')
  const known = valuesOf('userknownhostsfile')
  const knownToAll = valuesOf('globalknownhostsfile')
  const out = [
    `hostname ${hostName}`,
    `user ${user}`,
    `port ${port}`,
    ...(files.length > 0 ? files : usualKeys).map(file => `identityfile ${file}`),
    ...valuesOf('certificatefile').map(file => `certificatefile ${file}`),
    `userknownhostsfile ${(known.length > 0 ? known : usualKnownHosts).map(whole).join(' ')}`,
    `globalknownhostsfile ${(knownToAll.length > 0 ? knownToAll : systemKnownHosts).map(whole).join(' ')}`,
    ...[
      ...copied,
      ...Object.keys(found)
        .filter(name => routes.has(name) && !(name === 'proxyjump' && first(name) === 'none'))
        .slice(0, 1),
    ].flatMap(name => {
      const value = valuesOf(name).join(' ')
      return value === '' ? [] : [`${name} ${value}`]
    }),
  ]
  return { said: 'answer', text: out.join('\n') }
}

// ssh-config looks names up where these stand.
const isSafe = ({ keyword }: ConfigLine): boolean =>
  keyword !== 'canonicalizehostname' && keyword !== 'canonicaldomains'

const usualKeys = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519']
const usualKnownHosts = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']
const systemKnownHosts = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']

// What has one value, or is one text with spaces.
const copied = [
  'identitiesonly',
  'identityagent',
  'hostkeyalias',
  'stricthostkeychecking',
  'connecttimeout',
  'serveraliveinterval',
  'serveralivecountmax',
  'pkcs11provider',
  'knownhostscommand',
  'proxyusefdpass',
  'verifyhostkeydns',
  'hostbasedauthentication',
  'bindaddress',
  'bindinterface',
  'gssapiauthentication',
  'gssapikeyexchange',
  'pubkeyauthentication',
  'preferredauthentications',
  'kexalgorithms',
  'hostkeyalgorithms',
  'ciphers',
  'macs',
]

// Whichever comes first; but a `ProxyJump none` leaves a later ProxyCommand its say (OpenSSH readconf.c, parse_jump).
const routes: ReadonlySet<string> = new Set(['proxyjump', 'proxycommand'])

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return process.env['LOGNAME'] ?? process.env['USER'] ?? ''
  }
}

import { ciphers, hostKeyNames, keyExchanges, macs } from '../algorithms.ts'
import { type HostKeyChecking, type Hop, hopOf, type Route, type SshSettings } from './settings.ts'

/**
 * Reads what `ssh -G` prints: a line per option, its name in lower case (OpenSSH readconf.c, dump_client_config).
 * Undefined where the answer is none: no host name, no port.
 */
export const settingsOf = (answer: string): SshSettings | undefined => {
  const lines = answer.split('\n').flatMap(line => {
    const [, name, value] = /^(\S+) (.*)$/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [{ name: name.toLowerCase(), value }]
  })
  const all = (name: string): readonly string[] =>
    lines.filter(line => line.name === name).map(({ value }) => value)
  const one = (name: string): string | undefined => all(name)[0]
  const [host, user, port] = [one('hostname'), one('user'), Number(one('port'))]
  if (host === undefined || user === undefined || !Number.isInteger(port) || port < 1 || port > 65_535)
    return undefined
  const route = routeOf(one('proxyjump'), one('proxycommand'))
  if (!route) return undefined
  const [agent, alias] = [one('identityagent'), one('hostkeyalias')]
  const seconds = Number(one('connecttimeout'))
  return {
    host,
    port,
    user,
    route,
    identityFiles: all('identityfile'),
    identitiesOnly: isYes(one('identitiesonly')),
    ...(agent === undefined ? {} : { identityAgent: agent }),
    certificateFiles: all('certificatefile'),
    userKnownHosts: filesOf(one('userknownhostsfile')),
    globalKnownHosts: filesOf(one('globalknownhostsfile')),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    hostKeyChecking: checkingOf(one('stricthostkeychecking')),
    hashKnownHosts: isYes(one('hashknownhosts')),
    ...(Number.isInteger(seconds) && seconds > 0 ? { connectSeconds: seconds } : {}),
    aliveSeconds: wholeOf(one('serveraliveinterval'), 0),
    aliveCount: wholeOf(one('serveralivecountmax'), 3),
    gssapi: isYes(one('gssapiauthentication')),
    forks: isYes(one('forkafterauthentication')),
    beyond: [
      ...(all('certificatefile').length > 0 ? ['CertificateFile'] : []),
      ...(isSet(one('pkcs11provider')) ? ['PKCS11Provider'] : []),
      ...(isSet(one('knownhostscommand')) ? ['KnownHostsCommand'] : []),
      ...(isYes(one('proxyusefdpass')) ? ['ProxyUseFdpass'] : []),
      ...(isYes(one('verifyhostkeydns')) ? ['VerifyHostKeyDNS'] : []),
      ...(isYes(one('hostbasedauthentication')) ? ['HostbasedAuthentication'] : []),
      ...(isSet(one('bindaddress')) ? ['BindAddress'] : []),
      ...(isSet(one('bindinterface')) ? ['BindInterface'] : []),
      ...(prefersGssapi(one) ? ['GSSAPIAuthentication'] : []),
      ...restricted(one),
    ],
  }
}

// That it is on alone says nothing: distributions switch it on for everybody.
const prefersGssapi = (one: (name: string) => string | undefined): boolean => {
  if (isYes(one('gssapikeyexchange'))) return true
  if (!isYes(one('gssapiauthentication'))) return false
  if (isNo(one('pubkeyauthentication'))) return true
  const [first] = (one('preferredauthentications') ?? '').split(',')
  return first === 'gssapi-with-mic'
}

// Lists of which our own client has not one.
const restricted = (one: (name: string) => string | undefined): readonly string[] => {
  const isOurs = (name: string, ours: readonly string[]): boolean => {
    const names = one(name)?.split(',') ?? []
    // A list that only adds to or takes from the usual one stands whole in ssh's own answer, and with its sign without ssh.
    return names.length === 0 || /^[+^-]/.test(names[0] ?? '') || names.some(each => ours.includes(each))
  }
  const isSealed = (one('ciphers') ?? 'gcm').split(',').some(name => /gcm|poly1305/.test(name))
  return [
    ...(isOurs('kexalgorithms', keyExchanges) ? [] : ['KexAlgorithms']),
    ...(isOurs('hostkeyalgorithms', hostKeyNames) ? [] : ['HostKeyAlgorithms']),
    ...(isOurs('ciphers', ciphers) ? [] : ['Ciphers']),
    ...(isSealed || isOurs('macs', macs) ? [] : ['MACs']),
  ]
}

const routeOf = (jump: string | undefined, command: string | undefined): Route | undefined => {
  if (isSet(jump)) {
    const hops = jump.split(',').map(text => hopOf(text))
    const known = hops.filter((hop): hop is Hop => hop !== undefined)
    return known.length === hops.length ? { by: 'jump', hops: known } : undefined
  }
  return isSet(command) ? { by: 'command', command } : { by: 'tcp' }
}

const isSet = (value: string | undefined): value is string =>
  value !== undefined && value !== '' && value !== 'none'

// ssh prints booleans as yes/no and choices as true/false; both are read.
const isYes = (value: string | undefined): boolean => value === 'yes' || value === 'true'

const isNo = (value: string | undefined): boolean => value === 'no' || value === 'false'

const checkingOf = (value: string | undefined): HostKeyChecking => {
  if (value === 'no' || value === 'off' || value === 'false') return 'off'
  if (value === 'accept-new') return value
  return value === 'yes' || value === 'true' ? 'yes' : 'ask'
}

/*
 * Names with spaces are printed without quotation marks. What does not begin as a whole name does goes on with the whole name before it: a
 * file that was taken for two would be read as empty, and `accept-new` would believe any key.
 */
const filesOf = (value: string | undefined): readonly string[] => {
  const files: string[] = []
  for (const word of (value ?? '').split(' ')) {
    const before = files.at(-1)
    if (before !== undefined && isWhole(before) && !isWhole(word) && word !== 'none')
      files[files.length - 1] = `${before} ${word}`
    else files.push(word)
  }
  return files.map(file => file.trimEnd()).filter(file => file !== '' && file !== 'none')
}

const isWhole = (word: string): boolean => /^[/~%$]/.test(word)

const wholeOf = (value: string | undefined, otherwise: number): number => {
  const number = Number(value)
  return value !== undefined && Number.isInteger(number) && number >= 0 ? number : otherwise
}

import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { SshSettings } from './settings.ts'

/** Whose place a name is looked up from. */
export interface ExpandFor {
  readonly settings: SshSettings
  /** As it was asked for, before HostName. */
  readonly alias: string
  readonly home: string
}

/**
 * A file’s name as ssh_config writes it, made whole: `~`, `${NAME}`, and the tokens of ssh_config(5) for IdentityFile and the
 * like; undefined where an environment variable is not set, which ssh refuses.
 */
export const expandFile = (name: string, place: ExpandFor): string | undefined => {
  const expanded = expandVariables(expandTokens(name, place))
  return expanded?.replace(/^~(?=\/|$)/, () => place.home)
}

/** A command’s tokens; the shell it runs in sees to `~` and variables. */
export const expandTokens = (text: string, { settings, alias, home }: ExpandFor): string =>
  text.replaceAll(/%(.)/g, (whole, token: string) => {
    switch (token) {
      case '%':
        return '%'
      case 'h':
        return settings.host
      case 'n':
        return alias
      case 'p':
        return String(settings.port)
      case 'r':
        return settings.user
      case 'k':
        return settings.hostKeyAlias ?? alias
      case 'd':
        return home
      case 'u':
        return localUser()
      case 'i':
        return String(process.getuid?.() ?? '')
      case 'l':
        return hostname()
      case 'L':
        return hostname().replace(/\..*/, '')
      default:
        return whole
    }
  })

const expandVariables = (text: string): string | undefined => {
  let isWhole = true
  const expanded = text.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = process.env[name]
    if (value === undefined) isWhole = false
    return value ?? ''
  })
  return isWhole ? expanded : undefined
}

const localUser = (): string => {
  try {
    return userInfo().username
  } catch {
    return process.env['USER'] ?? ''
  }
}

/** The home that ssh itself knows, whatever HOME says. */
export const passwdHome = (otherwise: string): string => {
  try {
    return userInfo().homedir
  } catch {
    return otherwise
  }
}

/** Whether these are the files that ssh takes where nothing names one. */
export const isUsualKnownHosts = (files: readonly string[], home: string): boolean =>
  files.length > 0 &&
  files.every(file =>
    ['known_hosts', 'known_hosts2'].some(name => [join(home, '.ssh', name), `~/.ssh/${name}`].includes(file)),
  )

import { homedir } from 'node:os'
import { join } from 'node:path'

/** A path whose `~` stands for the home of this user, as a shell would have it; in files and behind `=` no shell comes by. */
export const atHome = (path: string): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path

import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

/** The real programs that the script's fragments use beside the node's own commands. */
const names = [
  'sh',
  'cat',
  'head',
  'tail',
  'tr',
  'grep',
  'sed',
  'awk',
  'cut',
  'od',
  'sha256sum',
  'date',
  'sleep',
  'timeout',
  'nice',
  'renice',
  'ls',
  'sort',
  'true',
  'setsid',
  'printf',
  'readlink',
  'env',
  'wc',
  'gzip',
  'bzip2',
]

/** A folder with links to them: nothing else of this machine is in a made-up node's PATH. */
export const linkTools = (folder: string, path: string): string => {
  const tools = join(folder, 'tools')
  mkdirSync(tools, { recursive: true })
  for (const name of names) {
    const real = path
      .split(':')
      .map(place => join(place, name))
      .find(existsSync)
    if (real !== undefined && !existsSync(join(tools, name))) symlinkSync(real, join(tools, name))
  }
  return tools
}

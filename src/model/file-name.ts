import { createHash } from 'node:crypto'

/**
 * A file name for a node, without extension: the node's own name where that is safe on every file system, otherwise
 * the readable part of it, `~` and a digest of the whole. Unique also where case is ignored; at most 100 bytes, ASCII.
 */
export const fileNameFor = (node: string): string => {
  if (isPlain(node)) return node
  const readable = node
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._-]+/, '')
    .slice(0, 60)
  // `~` never stands in a plain name, so the two kinds can't collide.
  const start = deviceName.test(readable) ? `node_${readable}` : readable || 'node'
  return `${start}~${createHash('sha256').update(node).digest('hex').slice(0, 12)}`
}

// Lower case only: `db-1` and `DB-1` are one file on some systems. Windows keeps the device names for itself, and `index` is
// the page of all nodes.
const isPlain = (name: string): boolean =>
  /^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/.test(name) && !deviceName.test(name) && name !== 'index'

const deviceName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i

import type { NodeAudit } from '../model/audit.ts'
import type { Cause } from '../model/drift.ts'
import type { RollBack, RollBackAdvice } from '../model/roll-back.ts'

/**
 * How a package’s update is taken back on each of these nodes, by distribution and by the version each came from; none for what
 * is no update of a package, and where a system’s way is not known.
 */
export const rollBackAdvice = (
  { type, name }: Pick<Cause, 'type' | 'name'>,
  nodes: readonly { readonly node: NodeAudit; readonly from: string | undefined }[],
  ways: readonly RollBack[],
): readonly RollBackAdvice[] => {
  if (type !== 'package' || !isPlain(name)) return []
  const advice = new Map<string, { do: string; hold: string; nodes: string[] }>()
  for (const { node, from } of nodes) {
    const way = ways.find(one =>
      one.ostree ? node.facts.ostree === true : one.os?.includes(node.facts.osId ?? ''),
    )
    if (!way || from === undefined || !isPlain(from)) continue
    const [, epoch = '', version = from] = /^(\d+:)?(.*)$/s.exec(from) ?? []
    const filled = (text: string): string =>
      text.replaceAll('NAME', name).replaceAll('EPOCH', epoch).replaceAll('VERSION', version)
    const [command, hold] = [filled(way.do), filled(way.hold)]
    const key = `${command}\n${hold}`
    const known = advice.get(key) ?? { do: command, hold, nodes: [] }
    known.nodes.push(node.name)
    advice.set(key, known)
  }
  return [...advice.values()]
}

// What a package manager calls names and versions. A hostile node's would be a command in somebody's clipboard.
const isPlain = (text: string): boolean => /^[A-Za-z0-9][\w.+:~^-]{0,100}$/.test(text)

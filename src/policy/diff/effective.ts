import type { Side } from './pair.ts'
import { noIfs, type Given, type RuleIndex, type VectorKind } from './rule-index.ts'

const nothing: Given = { always: 0, ifs: noIfs }

/** How many looks {@link effectiveAt} takes. */
export const looksAt = ({ closure }: Side, source: number, target: number): number =>
  (closure[source]?.length ?? 0) * (closure[target]?.length ?? 0)

/**
 * What a side gives a source type on a target type: its own rules and those of all their attributes together. Under a
 * condition counts only what is not given always.
 */
export const effectiveAt = (
  side: Side,
  index: RuleIndex,
  kind: VectorKind,
  source: number,
  target: number,
  objectClass: number,
): Given => {
  let always = 0
  let ifs: Map<number, number> | undefined
  for (const from of side.closure[source] ?? []) {
    for (const to of side.closure[target] ?? []) {
      const given = index.at(kind, from, to, objectClass)
      if (!given) continue
      always = (always | given.always) >>> 0
      for (const [id, vector] of given.ifs) {
        ifs ??= new Map()
        ifs.set(id, ((ifs.get(id) ?? 0) | vector) >>> 0)
      }
    }
  }
  if (!ifs) return always === 0 ? nothing : { always, ifs: noIfs }
  for (const [id, vector] of ifs) {
    const rest = (vector & ~always) >>> 0
    if (rest === 0) ifs.delete(id)
    else ifs.set(id, rest)
  }
  return { always, ifs }
}

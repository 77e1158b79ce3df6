import { braced, byCodePoint, permissionsIn } from '../names.ts'
import type { NamedTransition } from './shapes.ts'
import { compareTransitions, namedTransition } from './transitions.ts'
import { changesOf, sourcesInQuestion, type Changed, type Compared } from './permissions.ts'

/** A rule between two types that only one side has, or that gives other permissions. */
export interface RuleDifference {
  readonly change: 'added' | 'removed' | 'modified'
  readonly rule: 'allow' | 'auditallow' | 'dontaudit'
  readonly source: string
  readonly target: string
  readonly class: string
  /** As sesearch writes it; absent when the rule always holds. */
  readonly condition?: string
  readonly kept: readonly string[]
  readonly gained: readonly string[]
  readonly lost: readonly string[]
}

/** Every transition that differs, sorted; those with a condition or a file's name too. */
export const transitionDifferences = ({ pair }: Compared): readonly NamedTransition[] =>
  compareTransitions(pair)
    .changes.map(one => namedTransition(pair, one))
    .toSorted((a, b) => byCodePoint(a.source, b.source))

/** `- type_transition init_t sshd_exec_t:process sshd_t;` as sediff writes it. */
export const transitionDifferenceText = (one: NamedTransition): string => {
  const sign = { gained: '+', lost: '-', changed: '*' }[one.change]
  const to = one.change === 'changed' ? `+${one.after} -${one.before}` : (one.after ?? one.before)
  const name = one.name === undefined ? '' : ` ${one.name}`
  const end = one.condition === undefined ? '' : ` ${one.condition}`
  return `${sign} type_transition ${one.source} ${one.target}:${one.class} ${to}${name};${end}`
}

/**
 * Every rule between two types that differs, as sediff counts: expanded to types, permissions merged, those under a
 * condition less what is given always. One source type after another; only types and classes that both sides have.
 */
export function* ruleDifferences(compared: Compared): Generator<RuleDifference> {
  const { pair } = compared
  const sources = [...sourcesInQuestion(compared)].toSorted((a, b) =>
    byCodePoint(pair.typeName(a), pair.typeName(b)),
  )
  for (const source of sources)
    for (const one of changesOf(compared, source)) yield* differencesAt(compared, one)
}

function* differencesAt({ pair }: Compared, changed: Changed): Generator<RuleDifference> {
  const conditions = new Set([...changed.left.ifs.keys(), ...changed.right.ifs.keys()])
  const names = pair.left.policy.classes.byValue[changed.class]?.permissions ?? []
  const at = (before: number, after: number, condition?: string): RuleDifference[] =>
    before === after
      ? []
      : [
          {
            change: before === 0 ? 'added' : after === 0 ? 'removed' : 'modified',
            rule: changed.kind,
            source: pair.typeName(changed.source),
            target: pair.typeName(changed.target),
            class: pair.className(changed.class),
            ...(condition === undefined ? {} : { condition }),
            kept: permissionsIn(names, before & after),
            gained: permissionsIn(names, after & ~before),
            lost: permissionsIn(names, before & ~after),
          },
        ]
  yield* at(changed.left.always, changed.right.always)
  for (const id of conditions)
    yield* at(changed.left.ifs.get(id) ?? 0, changed.right.ifs.get(id) ?? 0, pair.conditionText(id))
}

/** `+ allow a_t b_t:file { read };` as sediff writes it. */
export const ruleDifferenceText = (one: RuleDifference): string => {
  const sign = { added: '+', removed: '-', modified: '*' }[one.change]
  const permissions =
    one.change === 'modified'
      ? `{ ${[...one.kept, ...one.gained.map(name => `+${name}`), ...one.lost.map(name => `-${name}`)].join(' ')} }`
      : braced([...one.gained, ...one.lost])
  const end = one.condition === undefined ? '' : ` ${one.condition}`
  return `${sign} ${one.rule} ${one.source} ${one.target}:${one.class} ${permissions};${end}`
}

import type { Audit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { groupDenials, type FleetDenial } from './fleet-denials.ts'
import type { Problem } from './problems.ts'

/** What is wrong: what the operator notices, on how many nodes, and who is refused what. */
export const whatSentence = (problem: Problem, audit: Audit): string => {
  const { headline, struck, findings } = problem
  const where = struck.length === 1 ? '1 node' : `${struck.length} nodes`
  const messages = coveringFirst(findings)
  const more = messages.length > 2 ? [`and ${messages.length - 2} more`] : []
  const found = [...messages.slice(0, 2), ...more].join('; ')
  // A finding that knows what mends it says more than the refusals that follow from it.
  const isTelling = !problem.check.reads.includes('denials') && findings.some(one => one.remedy !== undefined)
  const refused = isTelling ? undefined : refusedSentence(problem, audit)
  const domain = problem.consequences.find(
    ({ check }) => check.reads.includes('processes') && !check.reads.includes('denials'),
  )?.finding
  const notice = refused === undefined ? found : `${refused}${domain === undefined ? '' : ` (${domain})`}`
  return `${headline} on ${where}: ${notice}${permissiveWords(problem)}`
}

// Those in which a node finds itself that the ones before leave out come first: what is cut off is somebody's, but nobody's only one.
const coveringFirst = (findings: Problem['findings']): readonly string[] => {
  const left = new Set(findings.flatMap(({ nodes }) => nodes))
  const first = findings.filter(({ nodes }) => nodes.filter(node => left.delete(node)).length > 0)
  return [...new Set([...first, ...findings].map(({ message }) => message))]
}

// A node that only logs is told beside those that are struck.
const permissiveWords = ({ permissive, struck }: Problem): string => {
  const [first] = permissive
  if (first === undefined) return ''
  if (struck.includes(first)) return '; SELinux is permissive there, so nothing is refused yet'
  const who = permissive.length <= 12 ? foldNames(permissive) : `${permissive.length} more nodes`
  return `; ${who} ${permissive.length === 1 ? 'is' : 'are'} permissive, and would be struck when enforcing`
}

/*
 * "csi-attacher and 3 others are refused connectto on /csi/csi.sock", from what the kernel refused on these nodes. One refusal does not
 * stand for nodes that had another: then each is said with its own.
 */
const refusedSentence = (problem: Problem, audit: Audit): string | undefined => {
  const tells = [problem.check, ...problem.consequences.map(({ check }) => check)].some(({ reads }) =>
    reads.includes('denials'),
  )
  if (!tells) return undefined
  const struck = new Set(problem.struck)
  const own = ownKeys(problem, audit)
  const telling = groupDenials({
    ...audit,
    nodes: audit.nodes.filter(({ name }) => struck.has(name)),
  }).filter(
    ({ key, isActive, isEnforced, isTyped, signature, keeps, commands }) =>
      own?.has(key) !== false &&
      isActive &&
      isEnforced &&
      !isTyped &&
      (signature !== undefined || keeps !== undefined) &&
      commands.length > 0,
  )
  const [worst] = telling
  if (!worst) return undefined
  if (telling.length === 1) return refusal(worst)
  // The fewest that every node finds itself in.
  const left = new Set(telling.flatMap(({ nodes }) => nodes))
  const said = telling.filter(({ nodes }) => nodes.filter(node => left.delete(node)).length > 0)
  const more = said.length > mostSaid ? [`and ${said.length - mostSaid} more`] : []
  return [
    ...said
      .slice(0, mostSaid)
      .map(one =>
        said.length === 1
          ? refusal(one)
          : `${refusal(one)}, on ${one.nodes.length === 1 ? (one.nodes[0] ?? '') : `${one.nodes.length} of them`}`,
      ),
    ...more,
  ].join('; ')
}

// A check of denials that is told for itself tells its own, not all that is refused on its nodes.
const ownKeys = ({ check, consequences }: Problem, { nodes }: Audit): ReadonlySet<string> | undefined =>
  check.reads.includes('denials') && consequences.every(one => !one.check.reads.includes('denials'))
    ? new Set(
        nodes.flatMap(({ outcomes }) =>
          outcomes
            .filter(outcome => outcome.check === check.id)
            .flatMap(({ findings = [] }) => findings.map(({ key }) => key)),
        ),
      )
    : undefined

const mostSaid = 3

const refusal = ({ commands, permissions, object, target, keeps }: FleetDenial): string => {
  const [first = '', ...others] = commands
  const who =
    others.length === 0
      ? `${first} is`
      : `${first} and ${others.length === 1 ? '1 other' : `${others.length} others`} are`
  const refused = `${who} refused ${permissions.join(', ')} on ${object ?? target}`
  return keeps === undefined ? refused : `${keeps}: ${refused}`
}

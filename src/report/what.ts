import type { Audit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { groupDenials } from './fleet-denials.ts'
import type { Problem } from './problems.ts'

/** What is wrong: what the operator notices, on how many nodes, and who is refused what. */
export const whatSentence = (problem: Problem, audit: Audit): string => {
  const { headline, struck, findings } = problem
  const where = struck.length === 1 ? '1 node' : `${struck.length} nodes`
  const more = findings.length > 2 ? [`and ${findings.length - 2} more`] : []
  const found = [...findings.slice(0, 2).map(({ message }) => message), ...more].join('; ')
  const refused = refusedSentence(problem, audit)
  const domain = problem.consequences.find(
    ({ check }) => check.reads.includes('processes') && !check.reads.includes('denials'),
  )?.finding
  const notice = refused === undefined ? found : `${refused}${domain === undefined ? '' : ` (${domain})`}`
  return `${headline} on ${where}: ${notice}${permissiveWords(problem)}`
}

// A node that only logs is told beside those that are struck.
const permissiveWords = ({ permissive, struck }: Problem): string => {
  const [first] = permissive
  if (first === undefined) return ''
  if (struck.includes(first)) return '; SELinux is permissive there, so nothing is refused yet'
  const who = permissive.length <= 12 ? foldNames(permissive) : `${permissive.length} more nodes`
  return `; ${who} ${permissive.length === 1 ? 'is' : 'are'} permissive, and would be struck when enforcing`
}

// "csi-attacher and 3 others are refused connectto on /csi/csi.sock", from what the kernel refused on these nodes.
const refusedSentence = (problem: Problem, audit: Audit): string | undefined => {
  const tells = [problem.check, ...problem.consequences.map(({ check }) => check)].some(({ reads }) =>
    reads.includes('denials'),
  )
  if (!tells) return undefined
  const struck = new Set(problem.struck)
  const worst = groupDenials({
    ...audit,
    nodes: audit.nodes.filter(({ name }) => struck.has(name)),
  }).find(
    ({ isActive, isEnforced, signature, commands }) =>
      isActive && isEnforced && signature !== undefined && commands.length > 0,
  )
  if (!worst) return undefined
  const [first = '', ...others] = worst.commands
  const who =
    others.length === 0
      ? `${first} is`
      : `${first} and ${others.length === 1 ? '1 other' : `${others.length} others`} are`
  return `${who} refused ${worst.permissions.join(', ')}${worst.path === undefined ? ` on ${worst.target}` : ` on ${worst.path}`}`
}

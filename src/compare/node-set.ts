import type { Evaluation } from '../model/evaluation.ts'
import type { Single } from './fold.ts'

/** Nodes that came, went, do not answer any longer, or answer again. Not selected is neither new nor gone. */
export const nodeSetChanges = (
  before: Evaluation,
  last: Evaluation,
  after: Evaluation,
): readonly Single[] => {
  const [known, then, now] = [statuses(before), statuses(last), statuses(after)]
  const wasWhole = last.audit.run.limit === undefined
  const isWhole = wasWhole && after.audit.run.limit === undefined
  const came = wasWhole
    ? [...now.keys()]
        .filter(name => !then.has(name) && !known.has(name))
        .map(name => single(name, 'new', 'appeared'))
    : []
  const gone = isWhole
    ? [...then.keys()].filter(name => !now.has(name)).map(name => single(name, 'gone', 'vanished'))
    : []
  const lost = after.audit.nodes
    .filter(({ name, status }) => status === 'missing' && (then.get(name) ?? 'missing') !== 'missing')
    .map(({ name, error }) => single(name, 'unreachable', 'lost', error?.code))
  const back = after.audit.nodes
    .filter(({ name, status }) => status !== 'missing' && then.get(name) === 'missing')
    .map(({ name }) => single(name, 'answers again', 'fixed'))
  return [...came, ...gone, ...lost, ...back]
}

const statuses = ({ audit }: Evaluation) => new Map(audit.nodes.map(node => [node.name, node.status]))

const single = (node: string, name: string, change: Single['change'], said?: string): Single => ({
  node,
  subject: { type: 'node', name },
  change,
  ...(said === undefined ? {} : { after: said }),
})

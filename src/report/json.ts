import type { Reporter } from './report-file.ts'

/** `audit.json`: the result object, a node a line, so that a fleet of any size is written in pieces. */
export const json: Reporter = audit => [{ path: 'audit.json', content: pieces(audit) }]

function* pieces(audit: Parameters<Reporter>[0]): Iterable<string> {
  const { nodes, ...rest } = audit
  const head = JSON.stringify(rest, undefined, 1)
  yield `${head.slice(0, head.lastIndexOf('}')).trimEnd()},\n "nodes": [\n`
  for (const [index, node] of nodes.entries())
    yield `  ${JSON.stringify(node)}${index < nodes.length - 1 ? ',' : ''}\n`
  yield ' ]\n}\n'
}

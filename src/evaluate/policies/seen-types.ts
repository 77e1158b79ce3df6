import type { ReadAsk } from '../../model/ask.ts'

const processesAsk = { probe: 'processes', params: {} } as const
const denialsAsk = { probe: 'denials', params: {} } as const

/** Far more than a node runs; a hostile one says as many as it likes. */
const most = 500

/** The types that run on a node, and those that its denials show: the domains whose policy matters there. */
export const typesSeen = (read: ReadAsk): readonly string[] => {
  const processes = read(processesAsk)
  const denials = read(denialsAsk)
  const types = [
    ...(processes.state === 'read'
      ? [
          ...processes.value.processes.flatMap(({ context }) => (context ? [context.type] : [])),
          ...processes.value.others.map(({ type }) => type),
        ]
      : []),
    ...(denials.state === 'read'
      ? denials.value.denials.flatMap(({ source, target }) => [source, target])
      : []),
  ]
  return [...new Set(types)].slice(0, most)
}

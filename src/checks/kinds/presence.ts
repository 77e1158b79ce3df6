import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { familyPresence, matcherOf, tracesAsk } from '../components.ts'
import { fail, finding, pass, unknown, unknownBecause } from '../judgements.ts'

const processesAsk = { probe: 'processes', params: {} } as const

/** Guard: a component runs here. Absent although its siblings run is not an answer but unknown. */
export const component: Kind<string> = {
  name: 'component',
  schema: z
    .string()
    .describe('A component runs here; its siblings without it are unknown. Mostly a guard in `when`.'),
  refersTo: id => [{ to: 'component', name: id }],
  asks: (id, { components }) => [
    processesAsk,
    ...components.families
      .filter(
        ({ id: family, traces }) =>
          traces.length > 0 && components.components.some(one => one.id === id && one.family === family),
      )
      .map(tracesAsk),
  ],
  judge: (id, read, { components }) => {
    const table = read(processesAsk)
    if (table.state === 'unreadable') return unknownBecause('processes', table)
    if (
      matcherOf(components)
        .recognise(table.value)
        .some(one => one.component.id === id)
    )
      return pass(`${id} runs here`)
    const family = components.components.find(one => one.id === id)?.family ?? ''
    const presence = familyPresence(family, components, read)
    if (presence.state === 'absent') return fail(finding('absent', presence.reason))
    return unknown(`${id} does not run: ${presence.reason}`)
  },
}

/** Guard: a family of components lives here, by its processes or by its traces on disk. */
export const family: Kind<string> = {
  name: 'family',
  schema: z
    .string()
    .describe(
      'A family of components lives here, by its processes or by its traces on disk. Mostly a guard in `when`.',
    ),
  refersTo: id => [{ to: 'family', name: id }],
  asks: (id, { components }) => [
    processesAsk,
    ...components.families.filter(one => one.id === id && one.traces.length > 0).map(tracesAsk),
  ],
  judge: (id, read, { components }) => {
    const presence = familyPresence(id, components, read)
    if (presence.state === 'unknown') return unknown(presence.reason)
    return presence.state === 'absent' ? fail(finding('absent', presence.reason)) : pass(presence.reason)
  },
}

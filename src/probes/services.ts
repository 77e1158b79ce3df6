import type { ServiceState } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'
import { firstLine } from './parse.ts'

/** What systemd says of named units. */
export const services: Probe<'services'> = {
  name: 'services',
  cost: 'cheap',
  fragment: ({ units }) => `need systemctl
echo "#units"; systemctl show --no-pager -p Id,LoadState,ActiveState,UnitFileState ${units.map(shellQuote).join(' ')} </dev/null`,
  byHand: ({ units }) =>
    `systemctl show -p Id,LoadState,ActiveState,UnitFileState ${units.map(shellQuote).join(' ')}`,
  // One paragraph per unit: Id=iscsid.service / LoadState=loaded / ActiveState=active / UnitFileState=enabled
  parse: ({ stdout, stderr, exit }, { units }) => {
    if (exit !== 0) return unreadable('failed', firstLine(stderr) || `systemctl ended with status ${exit}`)
    if (!stdout.startsWith('#units')) return unreadable('nonsense', 'no list of units')
    const paragraphs = stdout.slice('#units\n'.length).split(/\n\s*\n/)
    const states = paragraphs.map(toState).filter(state => state !== undefined)
    if (states.length < units.length)
      return unreadable('nonsense', `systemctl answered on ${states.length} of ${units.length} units`)
    return read(states, 'systemctl show')
  },
}

const toState = (paragraph: string): ServiceState | undefined => {
  const property = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(paragraph)?.[1]?.trim()
  const [unit, load, active, enabled] = [
    property('Id'),
    property('LoadState'),
    property('ActiveState'),
    property('UnitFileState'),
  ]
  if (!isWord(unit) || !isWord(load) || !isWord(active)) return undefined
  if (enabled && !isWord(enabled)) return undefined
  return { unit, load, active, ...(enabled ? { enabled } : {}) }
}

import { distance } from './nearest.ts'

/** What the name of a systemd unit ends in; systemctl takes one without for a service. */
export const unitEndings = [
  'service',
  'socket',
  'timer',
  'mount',
  'automount',
  'swap',
  'path',
  'target',
  'device',
  'slice',
  'scope',
] as const

/** What is wrong with the name of a unit: an ending that is misspelt would name a service that is nowhere, and "inactive" for ever. */
export const unitMistake = (name: string): string | undefined => {
  const ending = /\.([a-z]+)$/.exec(name)?.[1]
  const meant = ending === undefined ? undefined : unitEndings.find(one => distance(one, ending) <= 2)
  return ending === undefined || meant === undefined || meant === ending || isEnding(ending)
    ? undefined
    : `a systemd unit does not end in .${ending}: did you mean '${name.slice(0, -ending.length)}${meant}'? (or '${name}.service', if that is its name)`
}

const isEnding = (word: string): boolean => unitEndings.some(one => one === word)

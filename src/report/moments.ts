/** A moment to the minute; epoch seconds. */
export const isoMinute = (epochSeconds: number): string =>
  `${new Date(epochSeconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** A moment beside another one: the time alone where both are of one day. */
export const besides = (epochSeconds: number, other: number): string => {
  const [one, two] = [isoMinute(epochSeconds), isoMinute(other)]
  return one.slice(0, 10) === two.slice(0, 10) ? one.slice(11, 16) : one
}

/** How long, in the largest unit that says enough: `3 minutes`, `2 hours`, `5 days`. */
export const duration = (seconds: number): string => {
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const
  const [unit, length] = units.find(([, size]) => seconds >= 2 * size) ?? (['minute', 60] as const)
  const count = Math.max(1, Math.round(seconds / length))
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

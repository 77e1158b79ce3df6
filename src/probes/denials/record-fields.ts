/*
 * name=value and name="value" of a record. Contexts are taken from their last place: systemd's USER_AVC quotes the
 * asking process's command line before them, and what stands in it is not ours to believe.
 */

/** The fields of a record by name: as first said, quotes and all, and as last said, without quotes. */
export const recordFields = (text: string) => {
  const [first, last] = [new Map<string, string>(), new Map<string, string>()]
  for (const [, name = '', value = ''] of text.matchAll(/(?:^|[\s'])(\w+)=("[^"]*"|[^\s']+)/g)) {
    if (!first.has(name)) first.set(name, value)
    last.set(name, value.replace(/^"(.*)"$/s, '$1'))
  }
  return { first, last }
}

/** `comm="csi-attacher"`, or unquoted hex when it holds odd characters: `comm=72756E633A5B323A494E49545D`. */
export const decodedField = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined
  if (value.length >= 2 && value.startsWith('"') && value.endsWith('"')) return value.slice(1, -1)
  const isHex = value.length % 2 === 0 && /^[0-9A-F]+$/.test(value)
  return isHex ? Buffer.from(value, 'hex').toString('utf8').replaceAll('\0', ' ').trim() : value
}

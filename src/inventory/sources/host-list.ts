import { SefleetError } from '../../errors.ts'
import { parseAddress } from './address.ts'
import type { Builder } from './builder.ts'

/** Reads `-i node1,node2:2222,`: names with an optional port, no ranges; all of them are ungrouped. */
export const readHostList = (builder: Builder, list: string, isFile: (path: string) => boolean): void => {
  for (const item of list.split(',').map(part => part.trim())) {
    if (item === '') continue
    if (isFile(item)) throw wrong(list, `'${item}' is a file: give -i once for each file`)
    const address = parseAddress(item)
    if (!address) {
      const why = oddity(item)
      if (why !== undefined) throw wrong(list, `'${item}' ${why}`)
    }
    const { host, port } = address ?? { host: item, port: undefined }
    const value = {
      kind: 'scalar',
      place: { line: 1, column: list.indexOf(item) + 1 },
      value: BigInt(port ?? 0),
    } as const
    builder.addHost(host, 'ungrouped', port ? { value, file: `-i ${list}` } : undefined)
  }
}

const wrong = (list: string, why: string): SefleetError =>
  new SefleetError('inventory-invalid', `host list '${list}': ${why}`)

// Anything else that is no plain name (an IPv6 zone, say) is taken as it stands, as Ansible does.
const oddity = (item: string): string | undefined => {
  if (item.includes('@')) return 'names a user: give the user with -u'
  if (item.includes('/')) return 'is a path and no such file exists'
  if (item.includes('[')) return 'holds a range: these work in inventory files only'
  return /\s/.test(item) ? 'holds a blank: separate the names by commas' : undefined
}

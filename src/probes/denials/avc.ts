import { parseContext } from '../../model/context.ts'
import { parseAuditLine, type AuditRecord } from './audit-line.ts'
import { decodedField, recordFields } from './record-fields.ts'

/** One denied access. */
export interface Avc {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly permissions: readonly string[]
  readonly command?: string
  readonly path?: string
  /** The last part of a path only. */
  readonly name?: string
  readonly device?: string
  readonly invalidContext?: { readonly source?: string; readonly target?: string }
  readonly permissive: boolean
  readonly sameTypeOtherCategories: boolean
  /** The ranges, where they name other categories. */
  readonly levels?: { readonly source: string; readonly target: string }
}

/** The denial of a record: `avc:  denied  { read } for  pid=7 comm="nginx" name="token" dev="tmpfs" … tclass=lnk_file`. */
export const parseAvc = ({ type, text }: AuditRecord): Avc | undefined => {
  if (type !== 'AVC' && type !== 'USER_AVC') return undefined
  const denied = /avc:\s+denied\s+\{ ([^{}]+) \}/.exec(text)
  const { first, last } = recordFields(text)
  const [rawSource, rawTarget] = [last.get('srawcon'), last.get('trawcon')]
  const source = parseContext(last.get('scontext') ?? rawSource ?? '')
  const target = parseContext(last.get('tcontext') ?? rawTarget ?? '')
  const className = last.get('tclass')
  if (!denied || !source || !target || !className) return undefined
  const text256 = (name: string) => decodedField(first.get(name))?.slice(0, 256)
  const command = decodedField(first.get('comm'))?.slice(0, 64)
  const [path, name, device] = [text256('path'), text256('name'), text256('dev')]
  const differ =
    source.range !== undefined &&
    target.range !== undefined &&
    source.range !== target.range &&
    /:c/.test(target.range)
  return {
    source: source.type,
    target: target.type,
    class: className,
    permissions: (denied[1] ?? '').trim().split(/\s+/),
    ...(command === undefined ? {} : { command }),
    ...(path === undefined ? {} : { path }),
    ...(name === undefined ? {} : { name }),
    ...(device === undefined ? {} : { device }),
    ...(rawSource === undefined && rawTarget === undefined
      ? {}
      : {
          invalidContext: {
            ...(rawSource === undefined ? {} : { source: rawSource.slice(0, 256) }),
            ...(rawTarget === undefined ? {} : { target: rawTarget.slice(0, 256) }),
          },
        }),
    permissive: last.get('permissive') === '1',
    sameTypeOtherCategories: differ,
    ...(differ ? { levels: { source: source.range.slice(0, 64), target: target.range.slice(0, 64) } } : {}),
  }
}

/** Whether a line speaks of a denial that cannot be read: then the log was not seen whole. */
export const isUnreadDenial = (line: string): boolean => {
  if (!/avc:\s+denied/.test(line)) return false
  const record = parseAuditLine(line)
  return !record || !parseAvc(record)
}

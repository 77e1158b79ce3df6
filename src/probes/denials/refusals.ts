import { parseContext } from '../../model/context.ts'
import type { MessageSort } from '../../model/message.ts'
import type { AuditRecord } from './audit-line.ts'
import { parseAvc } from './avc.ts'
import type { Said } from './messages.ts'
import { decodedField, recordFields } from './record-fields.ts'

/**
 * What an audit record says of SELinux beside denials:
 *   type=SELINUX_ERR … op=security_bounded_transition seresult=denied oldcontext=…:container_runtime_t:s0 newcontext=…:spc_t:s0:c0,c1
 *   type=SELINUX_ERR … op=security_compute_sid invalid_context="…" scontext=… tcontext=… tclass=process
 *   type=SELINUX_ERR … op=security_compute_av reason=bounds scontext=… tcontext=… tclass=process perms=transition,siginh
 *   type=SELINUX_ERR … security_compute_sid:  invalid context … for scontext=… tcontext=… tclass=process       (linux up to 5.0)
 *   type=SELINUX_ERR … op=security_validate_transition seresult=denied oldcontext=… newcontext=… taskcontext=… tclass=file
 *   type=AVC … denied  { nnp_transition } … tclass=process2
 *   type=MAC_POLICY_LOAD … lsm=selinux res=0
 */
export const saidByRecord = (record: AuditRecord): Said | undefined => {
  const { type, time, text } = record
  const sample = `type=${type} msg=audit(${time}): ${text}`
  if (type === 'AVC') return refusedExecution(record, sample)
  if (type === 'MAC_POLICY_LOAD')
    return isRefusedLoad(text) ? { sort: 'refused-policy', reasons: [], at: time, sample } : undefined
  if (type !== 'SELINUX_ERR' && type !== 'USER_SELINUX_ERR') return undefined
  const { first, last } = recordFields(text)
  const [, formerly, named] =
    /^(security_\w{1,40}): +(?:invalid context (\S{1,256}) |denied )for /.exec(text) ?? []
  const operation = first.get('op') ?? formerly ?? ''
  const typeOf = (...names: readonly string[]) =>
    names.map(name => parseContext(last.get(name) ?? '')?.type).find(one => one !== undefined)
  const source = typeOf('oldcontext', 'scontext')
  const target = typeOf('newcontext', 'tcontext')
  const task = typeOf('taskcontext')
  const invalid = decodedField(first.get('invalid_context'))?.slice(0, 256) ?? named
  const className = first.get('tclass')
  const removed =
    operation === 'security_compute_av' ? first.get('perms')?.slice(0, 256).split(',') : undefined
  return {
    sort: invalid === undefined ? (sortOf[operation] ?? 'other') : 'invalid-context',
    ...(source === undefined ? {} : { source }),
    ...(target === undefined ? {} : { target }),
    ...(task === undefined ? {} : { task }),
    ...(invalid === undefined ? {} : { about: withoutCategories(invalid) }),
    reasons: removed ?? [
      ...(operation === '' ? [] : [operation]),
      ...(className === undefined ? [] : [className]),
    ],
    ...(removed && className !== undefined ? { about: className } : {}),
    at: time,
    sample,
  }
}

const sortOf: Readonly<Record<string, MessageSort>> = {
  security_bounded_transition: 'refused-transition',
  security_validate_transition: 'refused-relabel',
  security_compute_av: 'bounded-permissions',
}

/** Whether a record tells of a policy that the kernel did not take: the node still runs the one before. */
export const isRefusedLoad = (text: string): boolean => recordFields(text).last.get('res') === '0'

// A process that has no_new_privs, or a file on a nosuid mount: process2 { nnp_transition nosuid_transition }
const refusedExecution = (record: AuditRecord, sample: string): Said | undefined => {
  const avc = parseAvc(record)
  if (avc?.class !== 'process2') return undefined
  const reasons = avc.permissions.flatMap(one => executionReasons[one] ?? [])
  if (reasons.length === 0) return undefined
  return {
    sort: 'refused-transition',
    source: avc.source,
    target: avc.target,
    reasons,
    at: record.time,
    ...(avc.permissive ? { permissive: true } : {}),
    sample,
  }
}

const executionReasons: Readonly<Record<string, string>> = {
  nnp_transition: 'no_new_privs',
  nosuid_transition: 'nosuid',
}

/** A context without its range: two containers' are one. */
export const withoutCategories = (context: string): string => context.split(':', 3).join(':')

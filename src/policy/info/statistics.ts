import type { Policy } from '../policy.ts'
import { countsOf } from './counts.ts'

/** The page of numbers that `seinfo POLICY` prints. Neverallow rules are never in a kernel policy. */
export const statisticsText = (policy: Policy, path: string): string => {
  const counts = { ...countsOf(policy), never: 0 }
  const line = ([left, one, right, two]: (typeof rows)[number]): string =>
    `  ${`${left}:`.padEnd(16)} ${String(counts[one]).padStart(7)}    ${`${right}:`.padEnd(16)} ${String(counts[two]).padStart(7)}`
  return [
    `Statistics for policy file: ${path}`,
    `Policy Version:             ${policy.version} (MLS ${policy.mls ? 'enabled' : 'disabled'})`,
    'Target Policy:              selinux',
    `Handle unknown classes:     ${policy.handleUnknown}`,
    ...rows.map(line),
  ].join('\n')
}

const rows = [
  ['Classes', 'classes', 'Permissions', 'permissions'],
  ['Sensitivities', 'sensitivities', 'Categories', 'categories'],
  ['Types', 'types', 'Attributes', 'attributes'],
  ['Users', 'users', 'Roles', 'roles'],
  ['Booleans', 'booleans', 'Cond. Expr.', 'conditions'],
  ['Allow', 'allow', 'Neverallow', 'never'],
  ['Auditallow', 'auditallow', 'Dontaudit', 'dontaudit'],
  ['Type_trans', 'type_transition', 'Type_change', 'type_change'],
  ['Type_member', 'type_member', 'Range_trans', 'range_transition'],
  ['Role allow', 'role_allow', 'Role_trans', 'role_transition'],
  ['Constraints', 'constrain', 'Validatetrans', 'validatetrans'],
  ['MLS Constrain', 'mlsconstrain', 'MLS Val. Tran', 'mlsvalidatetrans'],
  ['Permissives', 'permissives', 'Polcap', 'capabilities'],
  ['Defaults', 'defaults', 'Typebounds', 'typebounds'],
  ['Allowxperm', 'allowxperm', 'Neverallowxperm', 'never'],
  ['Auditallowxperm', 'auditallowxperm', 'Dontauditxperm', 'dontauditxperm'],
  ['Ibendportcon', 'ibendportcon', 'Ibpkeycon', 'ibpkeycon'],
  ['Initial SIDs', 'initialSids', 'Fs_use', 'fs_use'],
  ['Genfscon', 'genfscon', 'Portcon', 'portcon'],
  ['Netifcon', 'netifcon', 'Nodecon', 'nodecon'],
] as const

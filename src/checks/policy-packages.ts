import type { Knowledge } from '../model/check.ts'

/** Packages whose files are the policy. */
export const isPolicyPackage = (name: string): boolean => /^selinux-policy|-selinux$/.test(name)

/** The packages whose versions decide what the policy is and who relies on it. */
export const policyPackagesAsk = ({ packages }: Pick<Knowledge, 'packages'>) =>
  ({ probe: 'packages', params: { names: packages } }) as const

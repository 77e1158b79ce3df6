/** The profiles a run judges by when none is named. */
export const defaultProfiles = ['selinux-baseline', 'longhorn-selinux'] as const

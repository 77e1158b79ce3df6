/** Packages whose files are the policy. */
export const isPolicyPackage = (name: string): boolean => /^selinux-policy|-selinux$/.test(name)

/** The packages whose versions decide what the policy is and who relies on it; names are globs. */
export const policyPackagesAsk = {
  probe: 'packages',
  params: {
    names: [
      'selinux-policy*',
      '*-selinux',
      'policycoreutils',
      'libselinux',
      'libselinux1',
      'libsepol',
      'libsepol2',
      'setools-console',
      'setools',
      'audit',
      'auditd',
      'containerd',
      'containerd.io',
      'cri-o*',
      'docker-ce',
      'podman',
      'runc',
      'crun',
      'conmon',
      'k3s*',
      'rke2*',
      'kubelet',
      'iscsi-initiator-utils',
      'open-iscsi',
      'nfs-utils',
      'nfs-client',
      'nfs-common',
      'kernel-core',
      'kernel-default',
    ],
  },
} as const

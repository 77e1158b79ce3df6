/** Whether a package brings a component: `containerd.io` and `containerd-2` bring containerd. */
export const bringsComponent = (packageName: string, component: string): boolean =>
  packageName === component ||
  packageName.startsWith(`${component}.`) ||
  (packageName.startsWith(`${component}-`) && !packageName.endsWith('-selinux'))

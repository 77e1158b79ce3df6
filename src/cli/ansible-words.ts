/** Ansible has more than one name for some options; whoever types another one means the same here. */
export const ansibleWords = (argv: readonly string[]): readonly string[] =>
  argv.map(word => {
    const [, name = '', rest = ''] = /^(--[a-z-]+)(=.*)?$/s.exec(word) ?? []
    const ours = names.get(name)
    return ours === undefined ? word : `${ours}${rest}`
  })

const names: ReadonlyMap<string, string> = new Map([
  ['--key-file', '--private-key'],
  ['--vault-pass-file', '--vault-password-file'],
  ['--conn-pass-file', '--connection-password-file'],
  ['--become-pass-file', '--become-password-file'],
  ['--inventory-file', '--inventory'],
])

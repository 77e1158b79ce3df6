import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One edit of a module of the installed selinux-policy-default: what is replaced by what. */
export interface Edit {
  readonly name: string
  readonly module: string
  readonly from: string
  readonly to: string
}

export const edits: readonly Edit[] = [
  {
    name: 'a type leaves an attribute',
    module: 'ssh',
    from: '(typeattributeset nsswitch_domain (ssh_keygen_t sshd_t ssh_t ))',
    to: '(typeattributeset nsswitch_domain (ssh_keygen_t ssh_t ))',
  },
  {
    name: 'a rule on an attribute is gone',
    module: 'base',
    from: '(allow nsswitch_domain etc_t (file (ioctl read getattr lock open)))',
    to: '',
  },
  {
    name: 'a rule is gone',
    module: 'ssh',
    from: '(allow sshd_t domain (process (sigkill)))',
    to: '',
  },
  {
    name: 'a transition is gone',
    module: 'ssh',
    from: '(typetransition sshd_t var_t dir auth_cache_t)',
    to: '',
  },
]

/** The whole policy with one edit, built by semodule below a folder of its own; nothing of the system is touched. */
export const editedPolicy = (folder: string, edit: Edit): string => {
  const root = join(folder, 'root')
  rmSync(root, { recursive: true, force: true })
  for (const place of ['var/lib/selinux', 'etc/selinux']) {
    mkdirSync(join(root, place), { recursive: true })
    cpSync(`/${place}`, join(root, place), { recursive: true })
  }
  const cil = execFileSync('bzcat', [`/var/lib/selinux/default/active/modules/100/${edit.module}/cil`], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (!cil.includes(edit.from)) throw new Error(`${edit.name}: the module ${edit.module} has no ${edit.from}`)
  const file = join(folder, `${edit.module}.cil`)
  writeFileSync(file, cil.replace(edit.from, edit.to))
  const built = spawnSync('semodule', ['-p', root, '-s', 'default', '-n', '-X', '400', '-i', file], {
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(built.stderr)
  const policy = join(folder, `${edit.name.replaceAll(' ', '-')}.33`)
  cpSync(join(root, 'etc/selinux/default/policy/policy.33'), policy)
  rmSync(root, { recursive: true, force: true })
  return policy
}

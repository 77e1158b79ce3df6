import type { Kind } from '../../model/check.ts'
import { advisory } from './advisory.ts'
import { allow } from './allow.ts'
import { attribute } from './attribute.ts'
import { command } from './command.ts'
import { denials } from './denials.ts'
import { file } from './file.ts'
import { kernel } from './kernel.ts'
import { label } from './label.ts'
import { messages } from './messages.ts'
import { mount } from './mount.ts'
import { os } from './os.ts'
import { packageKind } from './package.ts'
import { permissiveDomain } from './permissive-domain.ts'
import { component, family } from './presence.ts'
import { process } from './process.ts'
import { selinux } from './selinux.ts'
import { service } from './service.ts'
import { transition } from './transition.ts'

/** A kind whose parameters were validated by its own schema when the profile was read. */
export type AnyKind = Kind<unknown>

const all = [
  selinux,
  process,
  allow,
  transition,
  attribute,
  permissiveDomain,
  denials,
  messages,
  packageKind,
  advisory,
  label,
  service,
  kernel,
  mount,
  file,
  command,
  component,
  family,
  os,
]

/** Every check kind by its name. */
export const kinds: ReadonlyMap<string, AnyKind> = new Map(
  // Parameters reach a kind only through its own schema, so what it takes is what it gets.
  all.map(kind => [kind.name, kind as unknown as AnyKind]),
)

/** The kind of this name; unknown names were refused when the profile was read. */
export const kindOf = (name: string): AnyKind => {
  const kind = kinds.get(name)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
}

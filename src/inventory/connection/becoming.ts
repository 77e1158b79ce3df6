import { SefleetError } from '../../errors.ts'
import { type BecomeBy, becomeMethods, type BecomeMethod, type Becoming } from '../../model/node.ts'
import { scalarText } from '../../model/yaml-scalar.ts'
import { placeOf } from '../inventory.ts'
import type { Scope } from '../variables/scope.ts'
import { becomeAliases } from './known-variables.ts'
import { given, givenAs, secretOf, textOf, wrong, type Given } from './setting.ts'
import { shellWords } from './words.ts'

/** How root is become on a host by its variables, above what the command line says; undefined where neither says anything. */
export const becomingBy = (node: string, scope: Scope, options: BecomeBy = {}): Becoming | undefined => {
  const method = methodGiven(node, scope) ?? options.method
  const of = (setting: keyof typeof becomeAliases): Given | undefined => {
    const found = givenAs(scope, becomeAliases[setting](method ?? 'sudo'))
    return found && scalarText(found.value()) === '' ? undefined : found
  }
  const [exe, flags, secret] = [of('exe'), of('flags'), of('password')]
  const user = of('user')
  const name = user ? textOf(user) : options.user
  const password = secret && secretOf(secret)
  const said = {
    ...(name === undefined ? {} : { user: name }),
    ...(exe === undefined ? {} : { exe: wordsOf(exe) }),
    ...(flags === undefined ? {} : { flags: wordsOf(flags) }),
    ...(password === undefined ? {} : { password }),
  }
  return method === undefined && Object.keys(said).length === 0
    ? undefined
    : { method: method ?? 'sudo', ...said }
}

const methodGiven = (node: string, scope: Scope): BecomeMethod | undefined => {
  const found = given(scope, 'becomeMethod')
  const value = found && scalarText(found.value())
  if (!found || value === undefined || value === '') return undefined
  const method = becomeMethods.find(
    one => value === one || value === `ansible.builtin.${one}` || value === `community.general.${one}`,
  )
  if (method) return method
  throw new SefleetError(
    'connection-unsupported',
    `${placeOf(found.variable)}: node ${node}: ${found.name} is '${value}', and sefleet knows only ${becomeMethods.map(one => `'${one}'`).join(', ')}`,
  )
}

const wordsOf = (setting: Given): readonly string[] => {
  const words = shellWords(scalarText(setting.value()))
  if (words) return words
  throw wrong(setting, `${setting.name} holds an open quotation mark`)
}

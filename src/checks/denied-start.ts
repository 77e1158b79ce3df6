import type { Denial } from '../model/denial.ts'

/** Permissions without which a program is not run. */
export const runs: readonly string[] = ['execute', 'execute_no_trans', 'entrypoint', 'map']

/** Permissions without which a process does not enter its domain. */
export const starts: readonly string[] = [
  'transition',
  'dyntransition',
  'nnp_transition',
  'nosuid_transition',
]

/** Permissions without which a program ends as soon as it is loaded: it, or a library of it, changes code in memory. */
export const changesCode: readonly string[] = ['execmod', 'execmem', 'execstack', 'execheap']

/** Which of these was refused of a file, or of a process itself. */
export const refusedCode = ({
  class: className,
  permissions,
}: Pick<Denial, 'class' | 'permissions'>): string | undefined =>
  className === 'file' || className === 'process'
    ? changesCode.find(one => permissions.includes(one))
    : undefined

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** What a record calls the object: names, and the last parts of paths. */
export const namesOf = ({ paths, names = [] }: Pick<Denial, 'paths' | 'names'>): readonly string[] =>
  [...paths, ...names].map(baseName).filter(name => name !== '')

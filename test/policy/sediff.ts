import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readPolicyFile } from '../../src/cli/policy/policy-file.ts'
import type { Policy } from '../../src/policy/policy.ts'

/** What sediff prints about access vectors and transitions. */
export const sediff = async (left: string, right: string): Promise<string> => {
  const words = ['--allow', '--auditallow', '--dontaudit', '-T', left, right]
  return (await promisify(execFile)('sediff', words, { maxBuffer: 2 ** 30 })).stdout
}

/**
 * The lines of rules, in an order of their own. Rules of types that only one side has are left out: sediff lists them all, and
 * a renamed type is two to it.
 */
export const rulesIn = (left: string, right: string): ((text: string) => readonly string[]) => {
  const [a, b] = [readPolicyFile(left), readPolicyFile(right)]
  const isShared = (name: string): boolean => hasAsOwn(a, name) && hasAsOwn(b, name)
  return text =>
    text
      .split('\n')
      .filter(line => /^ *[-+*] /.test(line))
      .map(normal)
      .filter(line => (/^[-+*] \w+ (\S+) ([^:]+):/.exec(line) ?? []).slice(1).every(isShared))
      .toSorted()
}

const hasAsOwn = ({ types }: Policy, name: string): boolean => types.byName.get(name)?.name === name

// Permissions of a modified rule come in any order, and its condition without the branch.
const normal = (line: string): string => {
  const text = line
    .trim()
    .replace(/\{ (.*?) \}/, (_, names: string) => `{ ${names.split(' ').toSorted().join(' ')} }`)
  return text.startsWith('*') ? text.replace(/:(True|False)$/, '') : text
}

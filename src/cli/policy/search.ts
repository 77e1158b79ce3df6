import { Option, type Command } from 'commander'
import { forTerminalLine } from '../../model/printable.ts'
import type { Done, World } from '../world.ts'
import { addPolicyPlace, loadPolicy, policyWords, type PolicyPlace } from './policy-argument.ts'
import { lineOf, search, type SearchOptions } from './search-words.ts'

/** `sefleet policy search`: what sesearch prints. */
export const addSearch = (policy: Command, world: World, done: Done): void => {
  const command = policy
    .command('search')
    .description('Find rules; options and lines are sesearch’s')
    .argument('<policy>', policyWords)
  for (const [flags, text] of searchFlags) command.addOption(asSesearch(flags, text))
  addPolicyPlace(command)
    .option('--json', 'as JSON')
    .action(async (path: string, options: SearchOptions & PolicyPlace & { readonly json?: true }) => {
      const found = search((await loadPolicy(path, options)).policy, options)
      if (options.json) world.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
      else for (const one of found) world.stdout.write(`${forTerminalLine(lineOf(one))}\n`)
      done(0)
    })
}

const searchFlags: readonly (readonly [string, string])[] = [
  ['-A', 'allow and allowxperm rules'],
  ['--allow', 'allow rules'],
  ['--allowxperm', 'allowxperm rules'],
  ['--auditallow', 'auditallow rules'],
  ['--auditallowxperm', 'auditallowxperm rules'],
  ['--dontaudit', 'dontaudit rules'],
  ['--dontauditxperm', 'dontauditxperm rules'],
  ['-T, --type_trans', 'type_transition rules'],
  ['--type_change', 'type_change rules'],
  ['--type_member', 'type_member rules'],
  ['--role_allow', 'role allow rules'],
  ['--role_trans', 'role_transition rules'],
  ['--range_trans', 'range_transition rules'],
  ['-s, --source <type>', 'source type, attribute or role'],
  ['-t, --target <type>', 'target type, attribute or role'],
  ['-c, --class <classes>', 'object classes, separated by commas'],
  ['-p, --perms <perms>', 'permissions, separated by commas: any of them'],
  ['-x, --xperms <xperms>', 'extended permissions, such as 0x5401,0x5410-0x5420: any of them'],
  ['-D, --default <type>', 'new type, role or range of a transition'],
  ['-b, --bool <booleans>', 'booleans of the condition, separated by commas: any of them'],
  ['--ds', 'the source attribute itself, not its members'],
  ['--dt', 'the target attribute itself, not its members'],
  ['--eb', 'exactly the booleans of -b'],
  ['--ep', 'exactly the permissions of -p'],
  ['--ex', 'exactly the extended permissions of -x'],
  ['--Sp', 'all the permissions of -p'],
  ['--rs', '-s is a regular expression'],
  ['--rt', '-t is a regular expression'],
  ['--rc', '-c is a regular expression'],
  ['--rd', '-D is a regular expression'],
  ['--rb', '-b is a regular expression'],
]

const twoLetters = new Set(searchFlags.map(([flags]) => flags).filter(flags => /^--\w\w$/.test(flags)))

// sesearch has options of one dash and two letters, which commander would take for two options.
const asSesearch = (flags: string, text: string): Option => {
  const option = new Option(flags, text)
  if (twoLetters.has(flags)) option.flags = flags.slice(1)
  return option
}

/** `-ds` as commander knows it: `--ds`. */
export const sesearchWords = (words: readonly string[]): readonly string[] =>
  words[0] === 'policy' && words[1] === 'search'
    ? words.map(word => (twoLetters.has(`-${word}`) ? `-${word}` : word))
    : words

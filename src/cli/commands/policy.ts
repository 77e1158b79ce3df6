import { Option, type Command } from 'commander'
import { forTerminalLine } from '../../model/printable.ts'
import { readPolicyFile } from '../policy-file.ts'
import { comparePolicies } from '../../policy/diff/difference.ts'
import { compareRulesOf } from '../../policy/diff/permissions.ts'
import {
  ruleDifferences,
  ruleDifferenceText,
  transitionDifferences,
  transitionDifferenceText,
} from '../../policy/diff/sediff.ts'
import { differenceLines } from '../../policy/diff/words.ts'
import type { Policy } from '../../policy/policy.ts'
import { repeated } from '../values.ts'
import { sections } from '../../policy/info/sections.ts'
import { infoText, type InfoOptions } from '../info-text.ts'
import { whyLines } from '../../policy/why/words.ts'
import { whyAll, type WhyOptions } from '../why-words.ts'
import { lineOf, search, type SearchOptions } from '../search-words.ts'
import type { Done, World } from '../world.ts'

/** `sefleet policy search`: questions to a binary policy, in setools’ words; touches no node and needs no SELinux. */
export const addPolicy = (program: Command, world: World, done: Done): void => {
  const policy = program.command('policy').description('Ask a kernel policy file what it allows')
  addSearch(policy, world, done)
  addInfo(policy, world, done)
  addDiff(policy, world, done)
  addWhy(policy, world, done)
}

const addWhy = (policy: Command, world: World, done: Done): void => {
  policy
    .command('why')
    .description('Why an access is allowed or denied: rule, boolean, constraint, or nothing at all')
    .argument('<policy>', 'policy file, also gzipped')
    .option('-s, --source <type>', 'source type, or its whole context')
    .option('-t, --target <type>', 'target type, or its whole context')
    .option('-c, --class <class>', 'object class')
    .option('-p, --perms <perms>', 'permissions, separated by commas')
    .option('--denial <line>', 'take all of these from a denial of the audit log')
    .option('--boolean <name=on|off>', 'as if the boolean were so (repeatable)', repeated)
    .option('--json', 'as JSON')
    .action((path: string, { json, ...options }: WhyOptions & { readonly json?: true }) => {
      const found = whyAll(readPolicyFile(path), options)
      if (json) world.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
      else for (const line of found.flatMap(whyLines)) world.stdout.write(`${forTerminalLine(line)}\n`)
      done(0)
    })
}

interface DiffOptions {
  readonly domain?: readonly string[]
  readonly rules?: true
  readonly json?: true
}

const addDiff = (policy: Command, world: World, done: Done): void => {
  policy
    .command('diff')
    .description('What changed between two policies, by cause, for the domains that the profiles name')
    .argument('<before>', 'policy file, also gzipped')
    .argument('<after>', 'policy file, also gzipped')
    .option('-d, --domain <type>', 'look at this domain instead (repeatable)', repeated)
    .option('--rules', 'every rule between two types that differs, as sediff prints them')
    .option('--json', 'as JSON; with --rules one object a line')
    .action(async (before: string, after: string, options: DiffOptions) => {
      const [left, right] = [readPolicyFile(before), readPolicyFile(after)]
      for (const line of options.rules
        ? ruleLines(left, right, options)
        : await causeLines(left, right, options))
        world.stdout.write(`${forTerminalLine(line)}\n`)
      done(0)
    })
}

function* ruleLines(left: Policy, right: Policy, { json }: DiffOptions): Generator<string> {
  const compared = compareRulesOf(left, right)
  for (const one of transitionDifferences(compared))
    yield json ? JSON.stringify({ rule: 'type_transition', ...one }) : transitionDifferenceText(one)
  for (const one of ruleDifferences(compared)) yield json ? JSON.stringify(one) : ruleDifferenceText(one)
}

const causeLines = async (
  left: Policy,
  right: Policy,
  { domain, json }: DiffOptions,
): Promise<readonly string[]> => {
  const compared = comparePolicies(left, right)
  // Where hardly anything differs, everything that does is worth reading.
  const domains = domain ?? (compared.changed <= 40 ? undefined : await profileDomains())
  const difference = compared.difference(domains)
  return json ? [JSON.stringify(difference)] : differenceLines(difference)
}

const profileDomains = async (): Promise<Iterable<string>> => {
  const { loadKnowledge, loadProfiles, shippedProfiles } = await import('../../checks/load.ts')
  const { namedTypes } = await import('../../checks/named-types.ts')
  return namedTypes(loadProfiles(shippedProfiles(), loadKnowledge()))
}

const addInfo = (policy: Command, world: World, done: Done): void => {
  const command = policy
    .command('info')
    .description('Count and list what a policy declares; options and lines are seinfo’s')
    .argument('<policy>', 'policy file, also gzipped; before an option that may take a value')
  for (const { option, short, title, value } of sections)
    command.option(
      `${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` [${value}]`}`,
      title,
    )
  command
    .option('--all', 'everything')
    .option('-x, --expand', 'whole statements: members, permissions, ranges')
    .option('--flat', 'neither counts nor indentation')
    .option('--json', 'as JSON')
    .action((path: string, options: InfoOptions) => {
      world.stdout.write(infoText(readPolicyFile(path), path, options))
      done(0)
    })
}

const addSearch = (policy: Command, world: World, done: Done): void => {
  const command = policy
    .command('search')
    .description('Find rules; options and lines are sesearch’s')
    .argument('<policy>', 'policy file, also gzipped')
  for (const [flags, text] of searchFlags) command.addOption(asSesearch(flags, text))
  command
    .option('--json', 'as JSON')
    .action((path: string, options: SearchOptions & { readonly json?: true }) => {
      const found = search(readPolicyFile(path), options)
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

import type { Command } from 'commander'
import { SefleetError } from '../../errors.ts'
import { forTerminalLine } from '../../model/printable.ts'
import { comparePolicies } from '../../policy/diff/difference.ts'
import { compareRulesOf } from '../../policy/diff/permissions.ts'
import {
  ruleDifferences,
  ruleDifferenceText,
  transitionDifferences,
  transitionDifferenceText,
} from '../../policy/diff/sediff.ts'
import { differenceLines } from '../../policy/diff/lines.ts'
import type { PolicyDifference } from '../../policy/diff/shapes.ts'
import { spending, TooMuchWork } from '../../policy/diff/work.ts'
import type { Policy } from '../../policy/policy.ts'
import { repeated } from '../values.ts'
import type { Done, World } from '../world.ts'
import { addPolicyPlace, loadPolicy, type PolicyPlace, policyWords } from './policy-argument.ts'

interface DiffOptions {
  readonly domain?: readonly string[]
  readonly rules?: true
  readonly json?: true
}

/** `sefleet policy diff`: what an update changed, the cause before its consequences. */
export const addDiff = (policy: Command, world: World, done: Done): void => {
  addPolicyPlace(
    policy
      .command('diff')
      .description(
        'What changed between two policies, by cause, for the domains that the profiles name (of RUN:NODE also those that run or are denied there)',
      )
      .argument('<before>', policyWords)
      .argument('<after>', policyWords),
  )
    .option('-d, --domain <type>', 'look at this domain instead (repeatable)', repeated)
    .option('--rules', 'every rule between two types that differs, as sediff prints them')
    .option('--json', 'as JSON; with --rules one object a line')
    .action(async (before: string, after: string, options: DiffOptions & PolicyPlace) => {
      const [left, right] = [await loadPolicy(before, options), await loadPolicy(after, options)]
      const seen = [...left.domains, ...right.domains]
      for (const line of options.rules
        ? ruleLines(left.policy, right.policy, options)
        : await causeLines(left.policy, right.policy, seen, options))
        world.stdout.write(`${forTerminalLine(line)}\n`)
      done(0)
    })
}

function* ruleLines(left: Policy, right: Policy, { json }: DiffOptions): Generator<string> {
  const compared = compareRulesOf(left, right, spending(Infinity))
  for (const one of transitionDifferences(compared))
    yield json ? JSON.stringify({ rule: 'type_transition', ...one }) : transitionDifferenceText(one)
  for (const one of ruleDifferences(compared)) yield json ? JSON.stringify(one) : ruleDifferenceText(one)
}

const causeLines = async (
  left: Policy,
  right: Policy,
  seen: readonly string[],
  { domain, json }: DiffOptions,
): Promise<readonly string[]> => {
  const difference = await differenceOf(left, right, seen, domain)
  if (json) return [JSON.stringify(difference)]
  const lines = differenceLines(difference)
  return lines.length > 0 ? lines : ['both policies mean the same']
}

const differenceOf = async (
  left: Policy,
  right: Policy,
  seen: readonly string[],
  domain: readonly string[] | undefined,
): Promise<PolicyDifference> => {
  try {
    const compared = comparePolicies(left, right)
    return compared.difference(
      domain ?? (compared.isSmall ? undefined : [...(await profileTypes()), ...seen]),
    )
  } catch (cause) {
    if (!(cause instanceof TooMuchWork)) throw cause
    throw new SefleetError('policy-incomparable', cause.message, { cause })
  }
}

const profileTypes = async (): Promise<Iterable<string>> => {
  const { shippedTypes } = await import('../../checks/shipped.ts')
  return shippedTypes()
}

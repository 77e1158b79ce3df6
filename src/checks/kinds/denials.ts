import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { denialKey, isKnown, type DenialDomains, type JudgedDenial } from '../../model/denial.ts'
import type { Finding } from '../../model/outcome.ts'
import { fail, finding, notApplicable, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { isOfTypes } from '../denial-domains.ts'
import { placeOf } from '../kept-runtime.ts'
import { mountsOf } from '../denied-device.ts'
import { setsebool } from '../denial-rule.ts'
import { denialAsks, denialsAsk, judgeDenials } from '../judged-denials.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { oneOrMore, ownName, typeOrGroup } from '../schema-parts.ts'

export const denialsSchema = z
  .strictObject({
    signature: z
      .enum(['known', 'grave', 'starts', 'units', 'none', 'harmless'])
      .describe(
        'Those that are known to matter (by a signature, or by what they keep containers and storage from), of these only what does more than keep something that runs from its own files, only what keeps something from starting, what keeps any other unit of systemd from starting, those that are known to harm nothing, or the others.',
      ),
    types: z
      .array(typeOrGroup)
      .optional()
      .describe(
        'Only denials whose source or target is one of these types: names, beginnings as `container_*`, `@containers` and `@runtimes`.',
      ),
    sources: z
      .array(typeOrGroup)
      .optional()
      .describe(
        'Of these only what was refused to one of these types, as names or groups of `types`: what an agent of the host is refused on the files of containers is theirs, not the containers’.',
      ),
    logged: z
      .literal('left-out')
      .optional()
      .describe('Leaves out what was only logged (`permissive=1`), and refused to nobody.'),
    typed: z.boolean().default(false).describe('Also what somebody typed in a login session.'),
    leavesTo: oneOrMore(ownName)
      .optional()
      .describe(
        'Checks of denials, of whatever profile: what one of these tells is left to it, where it is asked, applies to the node, weighs no less and leaves nothing itself.',
      ),
  })
  .describe('No active denial of the chosen sort; past ones are shown, never failed.')
type Written = z.infer<typeof denialsSchema>

/** What is asked for, and the checks among those of `leavesTo` that tell their own denials on this node. */
export interface DenialsParams extends Written {
  readonly left?: readonly {
    readonly check: string
    readonly params: Written
    /** Why it is not known whether it applies here. */
    readonly unsure?: string
  }[]
}

/** No active denial of the chosen sort; past ones are shown, never failed. */
export const denials: Kind<DenialsParams> = {
  name: 'denials',
  schema: denialsSchema,
  asks: (_params, knowledge) => [selinuxAsk, ...denialAsks(knowledge)],
  judge: (params, read, knowledge) => {
    const without = withoutSelinux(read)
    if (without) return without
    const left = (params.left ?? []).filter(({ unsure }) => unsure === undefined)
    const whole = params.left?.find(other => tellsAllOf(params, other.params))
    if (whole && whole.unsure === undefined) return notApplicable(`here these are told by ${whole.check}`)
    const reading = read(denialsAsk)
    if (reading.state === 'unreadable') return unknownBecause('denials', reading)
    const judged = judgeDenials(reading.value, read, knowledge)
    const concerned = judged.filter(denial => denial.active && isOfChoice(params, denial, knowledge.domains))
    const told = concerned.filter(({ owner }) => params.typed || owner !== 'login')
    const chosen = told
      .filter(denial => !left.some(other => isToldBy(other.params, denial, knowledge.domains)))
      .toSorted((a, b) => placeAmong(a) - placeAmong(b))
    if (chosen.length > 0)
      return fail(
        ...chosen.map(denial =>
          toFinding(denial, titleOf(denial, knowledge.signatures), mountsOf(denial, read, knowledge)),
        ),
      )
    if (whole?.unsure !== undefined) return unknown(whole.unsure)
    const past = judged.filter(({ active }) => !active).length
    const [typed, elsewhere] = [concerned.length - told.length, told.length]
    const since = reading.coverage?.since
    return passIfComplete(
      reading,
      [
        `no active one in ${reading.value.source}${since === undefined ? '' : ` since ${isoMinute(since)}`}`,
        ...(elsewhere > 0 ? [`${elsewhere} told by ${left.map(({ check }) => check).join(' or ')}`] : []),
        ...(typed > 0 ? [`${typed} typed in a login session`] : []),
        ...(past > 0 ? [`${past} past`] : []),
      ].join('; '),
    )
  },
}

const isOfChoice = (
  { signature, types, sources, logged }: Written,
  denial: JudgedDenial,
  domains: DenialDomains,
): boolean =>
  isOfSort[signature](denial) &&
  (types === undefined || concerns(types, denial, domains, [denial.source, denial.target])) &&
  (sources === undefined || concerns(sources, denial, domains, [denial.source])) &&
  (logged === undefined || denial.enforced)

// One that looks for the same sort among all types.
const tellsAllOf = (params: Written, other: Written): boolean =>
  other.signature === params.signature &&
  [other.types, other.sources, other.logged].every(one => one === undefined) &&
  (other.typed || !params.typed)

const isToldBy = (params: Written, denial: JudgedDenial, domains: DenialDomains): boolean =>
  isOfChoice(params, denial, domains) && (params.typed || denial.owner !== 'login')

// By the policy's own attributes, if they were had, a container's domain is known whatever it is called.
const concerns = (
  types: readonly string[],
  denial: JudgedDenial,
  domains: DenialDomains,
  ofDenial: readonly string[],
): boolean =>
  (types.includes('@containers') && denial.owner === 'container') ||
  ofDenial.some(one => isOfTypes(types, one, domains))

// Of a unit that neither containers nor storage need; a known pattern says more.
const isOfUnit = ({ keeps, signature, harm }: JudgedDenial): boolean =>
  keeps?.unit === true && (signature === undefined || harm !== undefined)

// It runs, and nothing else is known of it.
const isLacking = ({ keeps, signature, harm }: JudgedDenial): boolean =>
  keeps?.lacking === true && (signature === undefined || harm !== undefined)

const isOfSort: Readonly<Record<Written['signature'], (denial: JudgedDenial) => boolean>> = {
  known: denial => isKnown(denial) && !isOfUnit(denial),
  grave: denial => isKnown(denial) && !isOfUnit(denial) && !isLacking(denial),
  starts: denial => denial.keeps !== undefined && !isOfUnit(denial) && denial.keeps.lacking === undefined,
  units: isOfUnit,
  // What somebody typed matters to nobody else, of a known kind or not.
  none: denial => (!isKnown(denial) || denial.owner === 'login') && denial.harm !== 'none',
  harmless: denial => !isKnown(denial) && denial.harm === 'none',
}

// What does not run at all tells more than what a pod lacks, and that more than the rest.
const placeAmong = (denial: JudgedDenial): number => {
  if (denial.keeps?.lacking) return 2
  const isStart = denial.keeps !== undefined && placeOf(denial) === undefined
  return isStart ? 0 : denial.keeps ? 1 : denial.owner === 'container' ? 2 : 3
}

const titleOf = (
  { owner, signature, keeps }: JudgedDenial,
  signatures: readonly { readonly id: string; readonly title: string }[],
): string | undefined =>
  owner === 'login'
    ? 'typed by somebody in a login session'
    : (signatures.find(({ id }) => id === signature)?.title ?? keeps?.what)

const toFinding = (denial: JudgedDenial, title: string | undefined, mounted: readonly string[]): Finding => {
  const { object, enforced, commands, remedy, sample, present } = denial
  const rule = `${denial.source} → ${denial.target}:${denial.class} ${denial.permissions.join(' ')}`
  const by = commands.length > 0 ? ` (${commands.slice(0, 4).join(', ')})` : ''
  const on = object === undefined || denial.class.endsWith('socket') ? '' : ` on ${object}`
  const boolean = present?.booleans ? `; ${setsebool(present.booleans)} would allow it` : ''
  return {
    ...finding(
      denialKey(denial),
      `${title ? `${title}: ` : ''}${enforced ? 'denied' : 'would be denied'} ${rule}${on}${boolean}${by}`,
      [sample, ...mounted],
    ),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

const isoMinute = (epoch: number): string => `${new Date(epoch * 1000).toISOString().slice(0, 16)}Z`

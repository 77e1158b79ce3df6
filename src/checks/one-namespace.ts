import { SefleetError } from '../errors.ts'
import type { Profile } from '../model/check.ts'
import { parseOrRefuse } from './profile-mistakes.ts'

/** A profile, and how its file is called in messages. */
export interface PlacedProfile {
  readonly profile: Profile
  readonly file: string
}

/** The profiles of a run; names of profiles and ids of checks are one namespace, and a name that is there already is refused where it stands. */
export const ofOneNamespace = (placed: readonly PlacedProfile[]): readonly Profile[] => {
  const mistakes = placed.flatMap((one, index) => clashesOf(one, placed.slice(0, index)))
  if (mistakes.length > 0) throw new SefleetError('profile-invalid', mistakes.join('\n'))
  return placed.map(({ profile }) => profile)
}

const clashesOf = ({ profile, file }: PlacedProfile, before: readonly PlacedProfile[]): readonly string[] => {
  const at = (path: readonly PropertyKey[]): string => {
    const { line, column } = parseOrRefuse(profile.text, file).place(path)
    return `${file}:${line}:${column}`
  }
  if (before.some(one => one.profile.name === profile.name))
    return [
      `${at(['profile'])}: another of the profiles is named ${profile.name} too: give this one another name`,
    ]
  return profile.checks.flatMap(({ id }, index) => {
    const owner = before.find(one => one.profile.checks.some(check => check.id === id))
    return owner === undefined
      ? []
      : [
          `${at(['checks', index, 'id'])}: the profile ${owner.profile.name} has a check ${id} too: ids are one namespace, give this one another`,
        ]
  })
}

/** Where a profile that is used alone would clash with another one: the places at which it would be refused beside that. */
export const clashesBeside = (one: PlacedProfile, others: readonly PlacedProfile[]): readonly string[] =>
  clashesOf(
    one,
    others.filter(({ profile }) => profile.sha256 !== one.profile.sha256),
  )

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { loadKnowledge } from '../../src/checks/load.ts'
import { parseProfile } from '../../src/checks/profile.ts'
import { shellMistake } from '../../src/checks/shell-mistake.ts'
import { SefleetError } from '../../src/errors.ts'
import { expectGolden } from '../golden.ts'

const knowledge = loadKnowledge()
const head = 'profile: site\nchecks:\n'
const cases = readFileSync('test/fixtures/profiles/mistakes.txt', 'utf8')
  .split(/^### /m)
  .slice(1)
  .map(one => {
    const [title = '', ...lines] = one.split('\n')
    const text = lines.join('\n')
    return { title, text: text.startsWith('  ') ? head + text : text }
  })

// dash, bash and busybox say it in other words.
const inAnyShell = (command: string): string | undefined =>
  shellMistake(command) === undefined ? undefined : '(what this machine’s sh says)'

const mistakesOf = (text: string): readonly string[] => {
  try {
    parseProfile(text, 'site.yaml', knowledge, inAnyShell)
    return ['(nothing: it is valid)']
  } catch (error) {
    if (!(error instanceof SefleetError)) throw error
    return error.message.split('\n')
  }
}

describe('a mistake in a profile', () => {
  it('is told with its place and what was meant, all of a file at once', () => {
    const told = cases.map(({ title, text }) =>
      [
        `## ${title}`,
        '',
        ...text
          .trimEnd()
          .split('\n')
          .map((line, index) => `${String(index + 1).padStart(4)} | ${line}`),
        '',
        ...mistakesOf(text),
      ].join('\n'),
    )
    expectGolden('test/checks/golden/profile-mistakes.txt', `${told.join('\n\n\n')}\n`)
  })

  for (const { title, text } of cases)
    it(`names file, line and column, and never what only programs know: ${title}`, () => {
      for (const line of mistakesOf(text)) {
        expect(line).to.match(/^site\.yaml:\d+:\d+: \S/)
        expect(line).to.not.match(
          /undefined|\bnull\b|invalid input|expected \w+, received|ZodError|\[object/i,
        )
        expect(line.length, line).to.be.below(500)
      }
    })
})

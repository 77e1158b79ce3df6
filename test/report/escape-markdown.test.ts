import { expect } from 'chai'
import * as fc from 'fast-check'
import { forTerminal } from '../../src/model/printable.ts'
import { escapeMarkdown } from '../../src/report/escape-markdown.ts'
import { hostile } from './hostile.ts'

// What means something to GitHub's or GitLab's Markdown, in pieces that meet in every order.
const pieces = [
  ...String.raw`\ * _ ~ < > & # + - = | $ % @ ! [ ] ( ) { } : . , / ? ^ " '`.split(' '),
  '`',
  ' ',
  '\n',
  '\t',
  'a',
  'Z',
  '7',
  'ä',
  'container_t',
  '**',
  '__',
  '~~',
  '```',
  '](',
  '![',
  '[x]',
  '[[',
  ']:',
  '{+',
  '[-',
  'http://x.y',
  'https://',
  'ftp://h',
  'www.x.y',
  'a@b.c',
  '@team',
  '#1',
  '!2',
  '&lt;',
  '&#42;',
  '1. ',
  '2) ',
  '# ',
  '---',
  '- ',
  '+ ',
  '> ',
  '<b>',
  '<!--',
  '-->',
  '<a href=x>',
  '\u202e',
  '\u200b',
  '\u0000',
]
const anyText = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map(all => all.join(''))

const own: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&#96;': '`',
  '&#124;': '|',
  '&#36;': '$',
  '&#8203;': '',
}
// What a reader sees: entities and escapes as what they stand for.
const shownText = (escaped: string): string =>
  escaped.replace(
    /&(?:amp|lt|#96|#124|#36|#8203);|\\([!-/:-@[-`{-~])/g,
    (found, sign?: string) => sign ?? own[found] ?? '',
  )

// What is left to act once the escapes are taken out, a mark in the place of each.
const bare = (escaped: string): string =>
  escaped.replace(/&(?:amp|lt|#96|#124|#36);|\\[!-/:-@[-`{-~]/g, '·').replaceAll('&#8203;', '\u200b')

const rules: Readonly<Record<string, RegExp>> = {
  'HTML, an autolink, code, a cell, mathematics': /[<`|$]/,
  'an entity': /&[#\w]/,
  emphasis: /[*~]|(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/u,
  'a link': /\]\(/,
  'an address': /:\/\/|www\./i,
  'a mention or an address of mail': /@[\w.-]/,
  'a reference': /[#!]\d|(?<![\p{L}\p{N}])[%&][\w"]/u,
  'a block at its begin': /^ ?(?:[#>+=[-]|\d{1,9}[.)](?: |$))/,
  'the end of a heading': /#+ ?$/,
  'an escape of what follows': /\\(?:[!-/:-@[-`{-~]|$)/,
  'a line of its own, or a steered terminal': /[^\P{C}\u200b]/u,
}

describe('plain text in Markdown', () => {
  it('makes nothing but text, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'grapheme', maxLength: 40 })), text => {
        const left = bare(escapeMarkdown(text))
        for (const [what, rule] of Object.entries(rules)) expect(left, what).to.not.match(rule)
      }),
      { numRuns: 3000 },
    )
  })

  it('shows all of it', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect(shownText(escapeMarkdown(text))).to.equal(forTerminal(text).replace(/\s+/g, ' '))
      }),
      { numRuns: 3000 },
    )
    for (const text of hostile)
      expect(shownText(escapeMarkdown(text))).to.equal(forTerminal(text).replace(/\s+/g, ' '))
  })

  for (const text of [
    'longhorn-csi-plugin runs as container_runtime_t, expected spc_t',
    'container-selinux 2.222.0-1.fc39 → 2.226.0-1.fc39: 3 of 3 updated nodes fail',
    'worker-[02,05,10]   2 of 5 in peer group fedora 39, storage'.replace(/ +/g, ' '),
    'denied container_t → spc_t:unix_stream_socket connectto (csi-attacher) on /csi/csi.sock',
    'system_u:system_r:container_t:s0:c224,c441 ≠ "none"; 50% of {a, b}, 3 > 2 & so on!',
  ])
    it(`leaves alone what is harmless: ${text.slice(0, 40)}`, () =>
      expect(escapeMarkdown(text)).to.equal(text))
})

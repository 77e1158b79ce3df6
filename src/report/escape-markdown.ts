import { forTerminal } from '../model/printable.ts'

/**
 * One line of plain text in GitHub's and GitLab's Markdown: no markup, HTML, link, mention or reference is made by it, and what is harmless
 * where it stands stays as it is, so that the file can be read as text too. It may begin a line or an item of a list, end one, stand in a
 * cell of a table, and beside a span of code.
 */
export const escapeMarkdown = (text: string): string =>
  forTerminal(text)
    .replace(/\s+/g, ' ')
    .replace(active, (found: string, ...rest: readonly unknown[]) => {
      // The last group is the named ones: exactly one of them took part.
      const groups = rest.at(-1) as Readonly<Record<string, string | undefined>> // a pattern with named groups has them here
      const sort = Object.keys(groups).find(name => groups[name] !== undefined)
      if (sort === 'coded') return coded[found] ?? found
      if (sort === 'parted') return `${coded[found] ?? found}${apart}`
      if (sort === 'run') return found.replaceAll('_', '\\_')
      return `${found.slice(0, -1)}\\${found.slice(-1)}`
    })

// Nothing to see. Sites look for addresses and names in the text they show, where neither a backslash nor an entity is left.
const apart = '&#8203;'

const coded: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '`': '&#96;',
  '|': '&#124;',
  $: '&#36;',
}

const active = new RegExp(
  [
    // a heading, a quotation, a list, a rule, a definition of a link, a box to tick: where the text begins; and a heading’s end
    String.raw`(?<escaped>^ ?[#>+=[-]|^ ?\d{1,9}[.)](?= |$)|#(?=#* ?$)`,
    // emphasis; a link’s middle; a backslash that would escape what follows, or whatever follows the text
    String.raw`[*~]|\](?=\()|\\(?=[!-/:-@[-${'`'}{-~]|$))`,
    // an underscore within a word is a letter
    String.raw`(?<run>(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_]))`,
    // what names somebody or something, or is an address: @name, #1, !1, %1, a@b.c, ://, www., {+ and [- of GitLab
    String.raw`(?<parted>@(?=[\w.-])|[#!](?=\d)|(?<![\p{L}\p{N}])[#%&$](?=[\w"])|:(?=\/\/)|www(?=\.)|[{[](?=[+[-]))`,
    // HTML, code, cells, mathematics, entities
    String.raw`(?<coded>[<${'`'}|$]|&(?=[#\w]))`,
  ].join('|'),
  'giu',
)

import { forTerminal } from '../model/printable.ts'

/** One line of plain text in GitHub's and GitLab's Markdown: no markup, HTML, link, mention or reference stays active. */
export const escapeMarkdown = (text: string): string =>
  forTerminal(text)
    .replace(/\s+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#+\-.!|~$:@%^=/"']/g, character => `&#${character.charCodeAt(0)};`)

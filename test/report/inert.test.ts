import { expect } from 'chai'
import { markdown } from '../../src/report/markdown.ts'
import { terminal } from '../../src/report/terminal.ts'
import { json } from '../../src/report/json.ts'
import { html } from '../../src/report/html.ts'
import type { Audit } from '../../src/model/audit.ts'
import type { ReportFile } from '../../src/report/report-file.ts'
import { hostileAudit } from './audits.ts'
import { hostile } from './hostile.ts'

const textOf = ({ content }: ReportFile): string =>
  typeof content === 'string' ? content : [...content].join('')
const filesOf = (reporter: (audit: Audit) => Iterable<ReportFile>, text: string): readonly ReportFile[] => [
  ...reporter(hostileAudit(text)),
]

describe('a hostile node’s text', () => {
  for (const text of hostile) {
    const name = JSON.stringify(text.slice(0, 40))

    it(`is inert in a terminal: ${name}`, () => {
      const shown = terminal(hostileAudit(text), { columns: 80, color: false })
      expect(shown).to.not.match(/[^\n\P{C}]|[\u2028\u2029]/u)
      expect(shown.split('\n').filter(line => line.length > 80)).to.deep.equal([])
      expect(shown.length).to.be.below(60_000)
    })

    it(`is inert in Markdown: ${name}`, () => {
      const [file] = filesOf(markdown, text)
      const shown = file ? textOf(file) : ''
      const own = shown
        .replace(/&(?:#\d+|amp|lt|gt);|\\[!-/:-@[-`{-~]/g, ' ')
        .replace(/^\* (?:\*\*[a-z ]+\*\* )?/gm, '* ')
      // What is left may hold our own headings, bullets, bold labels and tables, and no other markup.
      expect(own).to.not.match(/[<`~$]|\]\(|@\w|:\/\/|[^\n]\*|\*[^ ]/)
      expect(
        own
          .split('\n')
          .filter(line => /^\s{0,3}(#|\*|\||-|>|\d+\.)/.test(line) && !/^(# |## |\* |\|)/.test(line)),
      ).to.deep.equal([])
      expect(shown).to.not.match(/[^\n\P{C}]/u)
      expect(shown.length).to.be.below(1_000_000)
    })

    it(`is inert in HTML: ${name}`, () => {
      for (const file of filesOf(html, text).filter(({ path }) => path.endsWith('.html'))) {
        const page = textOf(file)
        expect(page, file.path).to.not.match(/[^\n\P{C}]/u)
        // Text is escaped, so every < begins a tag of ours.
        for (const [tag] of page.matchAll(/<[^>]*>/g))
          expect(tag).to.not.match(
            /^<(img|svg|iframe|object|embed|form|base|style)\b|\son\w+=|javascript:|style=|^<script(?! src="(\.\.\/)?assets\/report\.js" defer>)/i,
          )
        expect(page.length).to.be.below(600_000)
        expect(file.path)
          .to.match(/^(index|nodes\/[^/]+)\.html$/)
          .and.to.not.include('..')
      }
    })

    it(`survives in JSON: ${name}`, () => {
      const [file] = filesOf(json, text)
      const audit = JSON.parse(file ? textOf(file) : '') as Audit // what was just written
      expect(audit.nodes[0]?.outcomes[0]?.findings?.[0]?.message).to.equal(text)
    })
  }
})

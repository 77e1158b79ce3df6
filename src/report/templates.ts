import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ejs from 'ejs'
import { escapeHtml } from './escape-html.ts'

// Compiled, this file is dist/src/report/templates.js; templates/ lies beside dist.
const folder = join(import.meta.dirname, '../../../templates')
const pages = new Map<string, ejs.TemplateFunction>()

/** Renders a page; everything printed with <%= is escaped for HTML, whatever it is. */
export const renderPage = (page: 'index' | 'node' | 'nodes', view: ejs.Data): string => {
  const known = pages.get(page)
  if (known) return known(view)
  const file = join(folder, `${page}.ejs`)
  const compiled = ejs.compile(readFileSync(file, 'utf8'), {
    filename: file,
    cache: true, // or each partial is compiled wherever it is included
    escape: escapeHtml,
    async: false,
    strict: true,
    localsName: 'page',
    destructuredLocals: [],
    _with: false,
  })
  pages.set(page, compiled)
  return compiled(view)
}

/** A file of templates/assets, as it is. */
export const readAsset = (name: string): string => readFileSync(join(folder, 'assets', name), 'utf8')

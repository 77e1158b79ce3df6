import { createServer, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import { chromium, type Browser, type Page } from 'playwright-core'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import type { Audit } from '../../src/model/audit.ts'
import { html } from '../../src/report/html.ts'
import { collectedLab, knowledge, profiles } from '../lab/fleet.ts'
import { runInfo } from '../lab/run-info.ts'
import { needs } from '../tools.ts'
import { browserArguments } from './browser.ts'
import { auditOf, check, hostileAudit, missing, node } from './audits.ts'
import { hostile } from './hostile.ts'

// As Jenkins serves archived HTML by default (jenkins.io, "Configuring Content Security Policy").
const jenkins = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';"

describe('the pages in a browser', function () {
  this.timeout(600_000)
  let browser: Browser
  let server: Server
  let origin = ''
  let policy: string | undefined
  const served = new Map<string, string>()

  before(async function () {
    needs(this, 'chromium')
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...browserArguments] })
    server = createServer((request, response) => {
      const body = served.get(decodeURI(request.url ?? '').slice(1))
      const type = request.url?.endsWith('.css')
        ? 'text/css'
        : request.url?.endsWith('.js')
          ? 'text/javascript'
          : 'text/html; charset=utf-8'
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': type,
        ...(policy === undefined ? {} : { 'content-security-policy': policy }),
      })
      response.end(body)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    origin = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
  })
  after(async () => {
    await browser?.close()
    server?.close()
  })

  const serve = (audit: Audit): readonly string[] => {
    served.clear()
    for (const { path, content } of html(audit))
      served.set(path, typeof content === 'string' ? content : [...content].join(''))
    return [...served.keys()].filter(path => path.endsWith('.html'))
  }
  const open = async (
    path: string,
    width = 1024,
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<{ readonly page: Page; readonly trouble: string[] }> => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    const trouble: string[] = []
    page.on('console', message => message.type() === 'error' && trouble.push(message.text()))
    page.on('pageerror', error => trouble.push(error.message))
    page.on('dialog', dialog => trouble.push(`dialog ${dialog.message()}`))
    page.on('requestfailed', request => trouble.push(`failed ${request.url()}`))
    await page.goto(`${origin}/${path}`)
    return { page, trouble }
  }
  it('say everything under Jenkins’ own policy, without JavaScript', async () => {
    policy = jenkins
    serve(await labAudit())
    const { page, trouble } = await open('index.html')
    // The sandbox refuses the one script; nothing else is refused.
    expect(trouble.filter(text => !/report\.js|Blocked script execution|sandboxed/.test(text))).to.deep.equal(
      [],
    )
    const text = await page.innerText('body')
    for (const part of [
      '13 nodes',
      'Exit 1',
      'What is wrong',
      'worker-[02,05]',
      'container_file_t',
      'What to do',
      'worker-07',
      'Denials',
    ])
      expect(text).to.include(part)
    const styled: unknown = await page.evaluate(
      `getComputedStyle(document.querySelector('.problem')).borderLeftWidth`,
    )
    expect(styled).to.equal('5px')
    await page.close()
  })

  it('have no accessibility violation axe-core knows of, in both colour schemes', async () => {
    policy = undefined
    serve(await labAudit())
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    for (const path of ['index.html', 'nodes/worker-02.html', 'nodes/worker-07.html'])
      for (const scheme of ['light', 'dark'] as const) {
        const { page, trouble } = await open(path, 1024, scheme)
        await page.evaluate(axe)
        const violations = await page.evaluate(async () => {
          // axe is what the line above put on the page.
          const { run } = (
            globalThis as unknown as {
              axe: {
                run: (
                  options: object,
                ) => Promise<{ violations: readonly { id: string; nodes: readonly { html: string }[] }[] }>
              }
            }
          ).axe
          const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']
          const result = await run({
            runOnly: { type: 'tag', values: tags },
            rules: { 'target-size': { enabled: true } },
          })
          return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
        })
        expect(violations, `${path} ${scheme}`).to.deep.equal([])
        expect(trouble).to.deep.equal([])
        await page.close()
      }
  })

  it('never scroll sideways as a whole, down to 320 px', async () => {
    policy = undefined
    for (const audit of [await labAudit(), hostileAudit('x'.repeat(500)), hostileAudit(hostile[12] ?? '')])
      for (const path of serve(audit).slice(0, 3))
        for (const width of [320, 390, 1440]) {
          const { page } = await open(path, width)
          const wide: unknown = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          )
          expect(wide, `${path} at ${width}`).to.be.at.most(0)
          await page.close()
        }
  })

  it('do nothing a hostile node wants, JavaScript on', async () => {
    policy = undefined
    for (const text of [hostile.filter(one => one.length < 1000).join(' '), ...hostile.slice(0, 3)])
      for (const path of serve(hostileAudit(text))) {
        const { page, trouble } = await open(path)
        expect(trouble, text.slice(0, 40)).to.deep.equal([])
        const elements: unknown = await page.evaluate(
          `document.querySelectorAll('img, iframe, object, form, svg, style, [onclick], [onerror], [onmouseover], script:not([src$="report.js"])').length`,
        )
        expect(elements).to.equal(0)
        await page.close()
      }
  })

  it('filter the nodes as one types, where JavaScript runs', async () => {
    policy = undefined
    serve(await labAudit())
    const { page } = await open('index.html')
    await page.fill('input[type=search]', 'rocky failing')
    expect(await page.locator('tr.row:visible').count()).to.equal(2)
    expect(await page.innerText('output')).to.equal('2 of 13')
    await page.close()
  })
})

const labAudit = async (): Promise<Audit> => {
  const { records, names, policies } = await collectedLab()
  const { audit } = await evaluate(records, {
    run: runInfo(names),
    profiles,
    knowledge,
    policies,
    gate: 'high',
    allowMissing: { nodes: 0 },
  })
  return audit
}

describe('the pages of 5,000 nodes', function () {
  this.timeout(600_000)

  it('keep the front page below 1.5 MB and list every node', () => {
    const checks = Array.from({ length: 25 }, (_, index) =>
      check(`check-${index}`, index < 5 ? 'critical' : 'medium'),
    )
    const nodes = Array.from({ length: 5000 }, (_, index) => {
      if (index % 100 === 99) return missing(`worker-${index}.dc${index % 7}.example.org`)
      return node(
        `worker-${index}.dc${index % 7}.example.org`,
        checks.map(({ id, severity }, column) =>
          (index * 7 + column) % 61 === 0
            ? {
                check: id,
                status: 'fail',
                severity,
                findings: [{ key: 'k', message: `finding on ${index % 13}`, evidence: ['a line'] }],
              }
            : { check: id, status: 'pass', severity, reason: 'fine' },
        ),
      )
    })
    let front = 0
    const listed = new Set<string>()
    for (const { path, content } of html(auditOf(checks, nodes))) {
      const size =
        typeof content === 'string'
          ? content.length
          : [...content].reduce((sum, piece) => sum + piece.length, 0)
      if (path === 'index.html') front = size
      else listed.add(path)
    }
    expect(front).to.be.below(1_500_000)
    expect(listed.size).to.equal(5000 + 3)
  })
})

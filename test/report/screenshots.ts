import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { browserArguments } from './browser.ts'

// node dist/test/report/screenshots.js RUN-FOLDER OUTPUT-FOLDER [NODE]: front and node page at three widths.
const [, , run = 'reports/latest', output = 'reports/screenshots', node = 'worker-02'] = process.argv
mkdirSync(output, { recursive: true })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...browserArguments] })
for (const [name, path] of [
  ['front', 'index.html'],
  ['node', `nodes/${node}.html`],
] as const)
  for (const width of [390, 1024, 1440]) {
    const page = await browser.newPage({ viewport: { width, height: 900 } })
    await page.goto(pathToFileURL(resolve(run, path)).href)
    await page.screenshot({
      path: join(output, `${name}-${width}.png`),
      clip: {
        x: 0,
        y: 0,
        width,
        height: Math.min(1400, Number(await page.evaluate('document.documentElement.scrollHeight'))),
      },
      fullPage: true,
    })
    await page.close()
  }
await browser.close()

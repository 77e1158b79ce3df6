import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askId } from '../../src/model/ask.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { openRun } from '../../src/store/open.ts'
import { madeRecord, madeRun } from '../store/made.ts'

/** A root with one run of nodes that each were asked one question: what their banner says. */
export const bannerRun = async (
  banners: Readonly<Record<string, string>>,
): Promise<{
  readonly root: string
  readonly folder: string
  readonly id: string
  readonly profile: string
}> => {
  const root = mkdtempSync(join(tmpdir(), 'sefleet-banner-'))
  const profile = join(root, 'banner.yaml')
  writeFileSync(profile, profileText)
  const run = await openRun({ root, run: madeRun(Object.keys(banners)) })
  for (const [node, banner] of Object.entries(banners)) {
    // oxlint-disable-next-line no-await-in-loop -- records are written one after the other
    await run.append(answered(node, banner))
  }
  await run.finish('finished')
  return { root, folder: run.folder, id: run.info.id, profile }
}

/** What a node's record is when its banner says this. */
export const answered = (node: string, banner: string): NodeRecord => {
  const stdout = `${banner}\n\n#end 0\n`
  const ask = askId({ probe: 'command', params: { run: 'cat /etc/issue', seconds: 20, root: false } })
  const sha256 = createHash('sha256').update(stdout).digest('hex')
  return { ...madeRecord(node), frames: [{ ask, exit: 0, ms: 1, stdout, stderr: '', sha256 }] }
}

const profileText = `profile: banner
checks:
  - id: login-banner
    title: The login banner says who is welcome
    failureTitle: The login banner says nothing
    severity: medium
    why: Whoever logs in shall know.
    remedy: Write /etc/issue.
    command: { run: cat /etc/issue, stdout: { matches: welcome } }
`

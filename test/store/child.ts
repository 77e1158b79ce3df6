import { SefleetError } from '../../src/errors.ts'
import { openRun } from '../../src/store/open.ts'
import { readRun } from '../../src/store/read.ts'
import { madeRecord, madeRun } from './made.ts'

// A process of its own for the tests of this folder: `write ROOT COUNT BYTES random|mixed|plain [END]`, where of
// `mixed` every tenth is small; or `read FOLDER`.
// Says on stdout, a line each: the run's folder; `done NODE` or `failed NODE CODE` of every record.
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const write = async (
  root: string,
  count: number,
  bytes: number,
  kind: string,
  end?: string,
): Promise<void> => {
  const nodes = Array.from({ length: count }, (_, index) => `node-${index}`)
  const run = await openRun({ root, run: madeRun(nodes) })
  say(run.folder)
  // As in an audit: a few dozen at once.
  const pending = nodes.values()
  const work = async (): Promise<void> => {
    for (const node of pending) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one worker does one thing at a time
        await run.append(
          madeRecord(node, kind === 'mixed' && node.endsWith('7') ? 64 : bytes, kind !== 'plain'),
        )
        say(`done ${node}`)
      } catch (error) {
        say(`failed ${node} ${error instanceof SefleetError ? error.code : String(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: 30 }, work))
  if (end === 'finished' || end === 'interrupted') await run.finish(end)
}

const read = async (folder: string): Promise<void> => {
  const run = await readRun(folder)
  let records = 0
  for await (const { frames } of run.records()) records += frames.length
  say(JSON.stringify({ records, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }))
}

const [task, path = '', count, bytes, kind = '', end] = process.argv.slice(2)
if (task === 'write') await write(path, Number(count), Number(bytes), kind, end)
else await read(path)

import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { needs } from '../tools.ts'

/** Asks on a real terminal, which `script` gives; `typed` is typed once it asks. */
const onTerminal = (typed: string): Promise<string> => {
  const module = resolve('dist/src/cli/ask-hidden.js')
  const code = `import { askHidden } from '${module}'; const a = await askHidden('Password: '); console.log('<' + (a === undefined ? 'nothing' : Buffer.from(a).toString('hex')) + '>')`
  const child = spawn('script', ['-qec', `node --input-type=module -e "${code}"`, '/dev/null'], {
    env: { ...process.env, SHELL: '/bin/sh' },
    stdio: 'pipe',
  })
  let said = ''
  let isTyped = false
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
    if (isTyped || !said.includes('Password: ')) return
    isTyped = true
    child.stdin.write(typed)
  })
  return new Promise(done => child.once('close', () => done(said)))
}

describe('a question on the terminal', function () {
  this.timeout(30_000)
  for (const [what, typed, answer] of [
    ['takes a line and shows nothing of it', 'Hunter 2\r', 'Hunter 2'],
    ['takes back what is rubbed out', 'pä\u007f\u007fassé\u007fe\r', 'asse'],
    ['begins anew after ^U', 'wrong\u0015right\r', 'right'],
  ] as const)
    it(what, async function () {
      needs(this, 'script')
      const said = await onTerminal(typed)
      expect(said).to.equal(`Password: \r\n<${Buffer.from(answer).toString('hex')}>\r\n`)
    })

  it('is left by ^D', async function () {
    needs(this, 'script')
    expect(await onTerminal('half\u0004')).to.include('<nothing>')
  })
})

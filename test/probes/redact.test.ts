import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { z } from 'zod'
import { toFrame } from '../../src/collect/frames.ts'
import type { Ask } from '../../src/model/ask.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { redactorOf } from '../../src/probes/index.ts'
import { redactArgv } from '../../src/probes/redact.ts'
import { redactSecrets } from '../../src/probes/secrets.ts'

const shape = z.strictObject({ shape: z.string(), secret: z.string() })
const fixtures = z
  .strictObject({
    argv: z.array(shape.extend({ argv: z.string() })),
    tokens: z.array(shape.extend({ text: z.string().optional() })),
    harmlessArgv: z.array(z.string()),
    harmlessText: z.array(z.string()),
  })
  .parse(parseYaml(readFileSync('test/fixtures/secrets/shapes.yaml', 'utf8')).value)

describe('a secret on a command line', () => {
  for (const { shape: name, argv, secret } of fixtures.argv)
    it(`is gone: ${name}`, () => {
      expect(argv).to.contain(secret)
      const kept = redactArgv(argv)
      expect(kept).to.not.contain(secret)
      expect(kept).to.contain('[redacted]')
      expect(kept.split(' ')[0]).to.equal(argv.split(' ')[0])
      expect(redactArgv(kept)).to.equal(kept)
    })
})

describe('a token that tells itself', () => {
  for (const { shape: name, secret, text = secret } of fixtures.tokens)
    it(`is gone from any text: ${name}`, () => {
      for (const around of [text, `before ${text} after`, `key="${text}"`, `\n#end\n${text}\n`]) {
        expect(redactSecrets(around), around).to.not.contain(secret)
        expect(redactArgv(`app run ${around}`), around).to.not.contain(secret)
      }
      expect(redactSecrets(`before ${text}\n#end 0\n`)).to.match(/#end 0\n$/)
    })
})

const stored = (ask: Ask, stdout: string, stderr = ''): string => {
  const raw = { index: 0, exit: 0, ms: 1, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
  // As with a profile that names every process.
  return JSON.stringify(toFrame('test', raw, redactorOf(ask, { argv: argv => argv })))
}

describe('a stored answer', () => {
  it('holds no secret of a command line, though its process is asked for by name', () => {
    expect(fixtures.argv.length + fixtures.tokens.length).to.be.at.least(62)
    const ask = { probe: 'processes', params: {} } as const
    for (const { argv, secret } of fixtures.argv)
      expect(
        stored(ask, `#at 1700000000\n700 1 60 root system_u:system_r:init_t:s0 ${argv}\n#pods\n#seen\nyes\n`),
      ).to.not.contain(secret)
  })

  it('holds no token, in whatever answer and stream, be it text or bytes', () => {
    const asks: readonly Ask[] = [
      { probe: 'command', params: { run: 'cat /etc/x', seconds: 1, root: false } },
      { probe: 'denials', params: {} },
      { probe: 'mounts', params: { leaveOut: [] } },
    ]
    for (const ask of asks)
      for (const { secret, text = secret } of fixtures.tokens) {
        expect(stored(ask, `a\n${text}\n\n#end 0\n`, text), `${ask.probe}: ${text}`).to.not.contain(secret)
        const bytes = Buffer.concat([Buffer.from(`${text}\n`), Buffer.from([0xff, 0xfe])])
        const raw = { index: 0, ms: 1, stdout: bytes, stderr: Buffer.alloc(0) }
        const frame = toFrame('test', raw)
        expect(frame.encoding).to.equal('base64')
        expect(Buffer.from(frame.stdout, 'base64').toString('latin1')).to.not.contain(secret)
      }
  })
})

describe('what is no secret', () => {
  for (const argv of fixtures.harmlessArgv)
    it(`stays readable: ${argv.slice(0, 60)}`, () => expect(redactArgv(argv)).to.equal(argv))
  for (const text of fixtures.harmlessText)
    it(`stays in a text: ${text.slice(0, 60)}`, () => expect(redactSecrets(text)).to.equal(text))
})

describe('an endless word', function () {
  this.timeout(600_000)
  for (const unit of [
    'a://a:',
    'eyJ',
    'xoxb-',
    '-----BEGIN PRIVATE KEY-----',
    'password=',
    'password ',
    '"',
    '--token ',
    'a.',
    'sk-',
    '$6$',
  ])
    it(`is gone through once: ${unit}`, () => {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length))
      expect(redactArgv(text)).to.be.a('string')
    })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import ssh2 from 'ssh2'
import type { NodeRecord } from '../../src/model/record.ts'
import type { TransportOptions } from '../../src/transport/transport.ts'
import { makeHome, makeKey } from '../transport/home.ts'
import { freePort } from '../transport/sshd.ts'
import { expectGolden } from '../golden.ts'
import { needs } from '../tools.ts'
import { watch } from './faults/left-behind.ts'
import { addressOf, hostKeys, startNodes } from './faults/node-server.ts'
import { faultsPage } from './faults/page.ts'
import { nodeName, type Place, runFleet, type RunRequest } from './faults/run.ts'
import { dealer, handOut, seeded, shuffled } from './faults/deal.ts'
import { type Becomes, type Fault, loadFaults, nodeCodes, titleOf } from './faults/table.ts'

/*
 * Fifty nodes are asked, of which one or half are in trouble, each in another: those get the code of the table, the others answer
 * byte for byte as if nothing were wrong, and nothing is left behind. FAULTS=each gives each fault a run of its own, on one node and
 * on half of them; FAULTS=WORD only those faults in whose title the word stands; FAULTS_RUNS=30 is as many runs.
 */
const faults = loadFaults()
const only = process.env['FAULTS']
const clients = ['builtin', 'openssh'] as const
/** Nodes, and runs with half of them and with one of them in trouble: the processes of the OpenSSH client are dear. */
const sizes = {
  builtin: { nodes: 50, forks: 25, runs: 10 },
  openssh: { nodes: 12, forks: 4, runs: 2 },
} as const

describe('the table of faults', () => {
  it('has each code of a single node', () => {
    const codes = new Set(faults.flatMap(({ becomes }) => becomes.code ?? []))
    const elsewhere = new Set<string>(['local-limit', 'deadline', 'interrupted'])
    expect(nodeCodes().filter(code => !codes.has(code) && !elsewhere.has(code))).to.deep.equal([])
    expect(
      [...codes].filter(code => !nodeCodes().includes(code) && !code.startsWith('known-hosts-')),
    ).to.deep.equal([])
  })

  it('is docs/faults.md', () => expectGolden('docs/faults.md', faultsPage(faults)))

  it('has each fault once', () => {
    const titles = faults.map(titleOf)
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).to.deep.equal([])
  })
})

for (const client of clients)
  describe(`faults, by the client ${client}`, function () {
    this.timeout(600_000)
    const { nodes: size, forks, runs } = sizes[client]
    let place: Place
    let stop: () => Promise<void>
    let good: ReadonlyMap<string, string>
    /** What a good fleet takes here now; a fault may take a few times that. */
    let seconds = 1

    before(async function () {
      if (client === 'openssh') needs(this, 'ssh')
      const home = makeHome()
      home.write('id_ed25519', makeKey().private)
      home.write('id_broken', 'no key at all\n')
      home.write(
        'id_locked',
        ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'tea', cipher: 'aes256-ctr', rounds: 1 })
          .private,
      )
      const full = await fullBacklog()
      const server = await startNodes()
      place = { home, server, full: full.port, nowhere: await freePort() }
      stop = async () => {
        full.close()
        await server.close()
        home.remove()
      }
      const began = Date.now()
      const { records, left } = await ask({ bad: new Map(), seconds: 60 })
      seconds = Math.min(10, Math.max(2, (3 * (Date.now() - began)) / 1000))
      expect(left).to.deep.equal([])
      good = new Map([...records].map(([name, record]) => [name, bytesOf(record)]))
      for (const record of records.values())
        expect(record.status, record.error?.sentence).to.equal('answered')
      expect(good.size).to.equal(size)
    })
    after(() => stop?.())

    const ask = async ({
      seconds: limit = seconds,
      ...request
    }: Partial<RunRequest> & Pick<RunRequest, 'bad'> & { readonly seconds?: number }): Promise<{
      readonly records: ReadonlyMap<string, NodeRecord>
      readonly left: readonly string[]
      readonly took: number
    }> => {
      const { left } = watch()
      const options: TransportOptions = {
        home: place.home.path,
        sshClient: client,
        agentSocket: '',
        user: 'ada',
        retrySeconds: 0.05,
        connectSeconds: limit,
        loginSeconds: limit,
        keepaliveSeconds: limit / 4,
      }
      const began = Date.now()
      const records = await runFleet(place, {
        nodes: size,
        forks,
        options,
        execSeconds: limit * 1.5,
        ...request,
      })
      const took = Date.now() - began
      await place.server.idle()
      return { records, left: await left(), took: took / 1000 }
    }

    const wrongIn = (
      records: ReadonlyMap<string, NodeRecord>,
      bad: ReadonlyMap<number, Fault>,
      becomes: (fault: Fault) => Becomes,
    ): readonly string[] => {
      const wanted = (index: number): string => {
        const fault = bad.get(index)
        if (!fault) return good.get(nodeName(index)) ?? ''
        const { status, code } = becomes(fault)
        return `${titleOf(fault)}: ${status} ${code ?? ''}`
      }
      const got = (index: number): string => {
        const record = records.get(nodeName(index))
        const fault = bad.get(index)
        if (!record) return 'no record'
        const code = record.error?.code ?? record.notRoot?.code
        return fault ? `${titleOf(fault)}: ${record.status} ${code ?? ''}` : bytesOf(record)
      }
      return Array.from({ length: size }, (_, index) => index)
        .filter(index => got(index) !== wanted(index))
        .map(
          index =>
            `${nodeName(index)}, wanted ${wanted(index)}\n  got ${got(index)}\n  ${records.get(nodeName(index))?.error?.sentence ?? ''}`,
        )
    }

    const usual = (fault: Fault): Becomes => (client === 'openssh' && fault.openssh) || fault.becomes

    /** `more` is 1, and 4 where this machine was only slow: more time helps then, and does not against a fault that disturbs others. */
    const hold = async (
      request: (more: number) => Parameters<typeof ask>[0],
      becomes: (fault: Fault) => Becomes = usual,
    ): Promise<number> => {
      const tell = async (more: number) => {
        const run = await ask(request(more))
        return { ...run, wrong: wrongIn(run.records, request(more).bad, becomes) }
      }
      let run = await tell(1)
      if (run.wrong.length > 0 && run.left.length === 0) {
        process.stderr.write(
          `      again with more time: ${run.wrong.map(one => one.slice(0, 300)).join('\n')}\n`,
        )
        run = await tell(4)
      }
      const all = [...run.wrong, ...run.left]
      expect(all, all.join('\n')).to.have.length(0)
      return run.took
    }
    const withLimits = (bad: ReadonlyMap<number, Fault>) => (more: number) => ({
      bad,
      seconds: Math.min(20, seconds * more),
    })

    const possible = faults.filter(
      fault =>
        [undefined, client].includes(fault.client) &&
        [undefined, client].includes(fault.tested) &&
        (only === undefined || only === 'each' || titleOf(fault).includes(only)),
    )

    if (client === 'builtin' && only === undefined)
      it('too few open files here cost some nodes their answers, and the run nothing else', async function () {
        needs(this, 'prlimit')
        place.server.troubles.clear()
        const folder = join(place.home.path, 'few-files')
        const hosts = Array.from({ length: size }, (_, index) => addressOf(index))
        const known = hosts.map(host => `[${host}]:${place.server.port} ${hostKeys.good.public}\n`)
        // Node opens hundreds of files at once when it loads a program: only then there are few.
        const inventory = place.home.write(
          'inventory.sh',
          `#!/bin/sh\nprlimit --pid $PPID --nofile=60 >&2\necho '${JSON.stringify({
            all: { hosts, vars: { ansible_port: place.server.port, ansible_user: 'ada' } },
          })}'\n`,
        )
        chmodSync(inventory, 0o700)
        const child = spawn(
          process.execPath,
          [
            [join(import.meta.dirname, '../../src/main.js'), 'collect', '-i', inventory, '-o', folder],
            ['-f', String(size), '-F', 'none', '--ssh-client', client],
            ['--private-key', join(place.home.path, '.ssh', 'id_ed25519')],
            ['--known-hosts', place.home.write('known_hosts', known.join(''))],
          ].flat(),
          { stdio: ['ignore', 'ignore', 'pipe'] },
        )
        let said = ''
        child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
        const [exit] = (await once(child, 'exit')) as [number | null] // ChildProcess's own event
        const codes = new Map<string, number>()
        for (const { status, error } of recordsIn(folder))
          codes.set(error?.code ?? status, (codes.get(error?.code ?? status) ?? 0) + 1)
        expect([...codes.keys()].toSorted(), `${exit} ${said}`).to.deep.equal(['answered', 'local-limit'])
        expect((codes.get('answered') ?? 0) + (codes.get('local-limit') ?? 0)).to.equal(size)
      })

    if (only !== undefined) {
      for (const fault of possible)
        for (const count of [1, Math.min(size / 2, fault.atMost ?? Infinity)])
          it(`${titleOf(fault)}, on ${count} of ${size}`, async () => {
            const indices = shuffled(
              Array.from({ length: size }, (_, index) => index),
              seeded(1),
            ).slice(0, count)
            const bad = new Map(indices.map(index => [index, fault]))
            await hold(withLimits(bad))
          })
      return
    }

    const firstSeed = 1
    const deal = dealer(possible, seeded(firstSeed))
    for (let seed = firstSeed; seed < firstSeed + Number(process.env['FAULTS_RUNS'] ?? runs); seed++) {
      const count = seed % 2 === 1 ? size / 2 : 1
      const hand = deal(count) // here, whichever of the tests are run
      it(`${count} of ${size} in trouble, seed ${seed}`, async () => {
        const bad = handOut(hand, size, seeded(seed))
        await hold(withLimits(bad))
      })
    }

    const waiting = possible.filter(fault => fault.waits === true && usual(fault) === fault.becomes)
    const cutShort = (code: 'deadline' | 'interrupted') => (fault: Fault) => ({
      status: fault.becomes.status,
      code,
    })
    for (const count of [1, size / 2])
      it(`a deadline ends ${count} of ${size} that never end, and no other`, async () => {
        const bad = handOut(dealer(waiting, seeded(count))(count), size, seeded(count))
        const deadline = (more: number) => 2 * seconds * more
        // All have their turn: who waits for ever gives nobody his.
        await hold(
          more => ({ bad, forks: size, seconds: 300, deadlineSeconds: deadline(more) }),
          cutShort('deadline'),
        )
      })

    it(`an interruption ends those that never end, and no other`, async () => {
      const bad = handOut(dealer(waiting, seeded(7))(size / 2), size, seeded(7))
      await hold(
        () => ({ bad, forks: size, seconds: 300, interruptAfter: size - bad.size }),
        cutShort('interrupted'),
      )
    })
  })

const recordsIn = (root: string): readonly NodeRecord[] => {
  const run = readdirSync(root).find(name => /^\d{8}T/.test(name)) ?? ''
  const text = gunzipSync(readFileSync(join(root, run, 'nodes.ndjson.gz'))).toString()
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as NodeRecord) // the tool's own file
}

/** What a node told, without times and the port of this test. */
const bytesOf = ({ askedAt: _askedAt, address, frames, ...record }: NodeRecord): string =>
  JSON.stringify({
    ...record,
    address: address.replace(/:\d+$/, ''),
    frames: frames.map(frame => ({ ...frame, ms: 0 })),
  })

/** A listener that never accepts, with its queue full: a stopped process, as Node itself always accepts. */
const fullBacklog = async (): Promise<{ readonly port: number; readonly close: () => void }> => {
  const child = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  child.kill('SIGSTOP')
  const port = Number(line)
  const fillers = Array.from({ length: 4 }, () => dial(port, '127.0.0.1').on('error', () => undefined))
  return {
    port,
    close: () => {
      for (const filler of fillers) filler.destroy()
      child.kill('SIGKILL')
    },
  }
}

const listener = `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 },
  () => console.log(s.address().port))`

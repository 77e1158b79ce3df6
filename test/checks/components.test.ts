import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { z } from 'zod'
import { matcherOf } from '../../src/checks/components.ts'
import { keepFor } from '../../src/checks/keep.ts'
import { defaultProfiles } from '../../src/checks/default-profiles.ts'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import type { Component } from '../../src/model/component.ts'
import type { Process, ProcessTable } from '../../src/model/facts.ts'
import { compileRegex } from '../../src/model/regex.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { redactArgv } from '../../src/probes/redact.ts'

const knowledge = loadKnowledge()
const { components } = knowledge.components
const matcher = matcherOf(knowledge.components)

const fixtures = z
  .strictObject({
    processes: z.array(
      z.strictObject({
        argv: z.string(),
        component: z.string(),
        version: z.string().optional(),
        privileged: z.boolean().optional(),
        host: z.boolean().default(false),
      }),
    ),
    decoys: z.array(z.string()),
  })
  .parse(parseYaml(readFileSync('test/fixtures/components/argv.yaml', 'utf8')).value)

// system_u:system_r:spc_t:s0      root      3146  2558  0 20:10 ?        00:00:00 /bin/bash -c diff …
const article = readFileSync('test/fixtures/components/article.txt', 'utf8')
  .split('\n')
  .filter(line => line !== '')
  .map(line => {
    const [, label = '', argv = ''] =
      /^(\S+)\s+\S+\s+\d+\s+\d+\s+\d+\s+[\d:]+\s+\?\s+[\d:]+ (.*)$/.exec(line) ?? []
    return { label, argv }
  })

describe('the component table', () => {
  it('knows every line of the article’s two listings, with the privilege its type shows', () => {
    expect(article).to.have.lengthOf(26)
    for (const { label, argv } of article) {
      const [found, ...more] = recognised(argv, '1.4.0')
      expect(more, argv).to.deep.equal([])
      expect(found?.privileged, argv).to.equal(label.includes(':spc_t:'))
    }
  })

  for (const { argv, component, version, privileged, host } of fixtures.processes)
    it(`knows ${component}${version ? ` of ${version}` : ''}: ${argv.slice(0, 60)}`, () => {
      const [found] = recognised(argv, version, !host)
      expect(found?.component.id).to.equal(component)
      expect(found?.privileged).to.equal(privileged)
    })

  for (const { argv, component, version } of fixtures.processes)
    it(`has one row only for ${component}${version ? ` of ${version}` : ''}: ${argv.slice(0, 60)}`, () => {
      // Rows of one pattern differ by version; no two patterns meet.
      const patterns = new Set(matching(argv).map(row => row.argv))
      expect([...patterns]).to.have.lengthOf(1)
    })

  for (const argv of fixtures.decoys)
    it(`does not know ${argv.slice(0, 70)}`, () => {
      expect(matcher.matches(argv)?.id).to.equal(undefined)
    })

  it('knows the same component after redaction, for that is what is judged', () => {
    for (const argv of [...article, ...fixtures.processes].map(one => one.argv))
      expect(matcher.matches(redactArgv(argv))?.id, argv).to.equal(matcher.matches(argv)?.id)
  })

  it('wants components of pods in pods, and the host’s on the host', () => {
    for (const { argv, host } of fixtures.processes)
      expect(recognised(argv, undefined, host)).to.deep.equal([])
  })

  it('takes a process whose cgroup could not be read for either', () => {
    const process = { ...processOf('longhorn-manager -d csi', 'spc_t'), pod: undefined }
    const { pod: _unread, ...unread } = process
    expect(matcher.recognise(tableOf([unread])).map(one => one.component.id)).to.deep.equal(['csi-plugin'])
  })

  it('does not say privileged or not where the version decides and is not known', () => {
    const [found] = recognised('backing-image-manager --debug daemon --listen :8000')
    expect(found?.privileged).to.equal(undefined)
  })

  it('stores what is read of the argv of containers, and the bare name of the host’s own, with which of its programs it is', () => {
    const keep = keepFor(loadProfiles(defaultProfiles, knowledge), knowledge)
    for (const { argv, host } of fixtures.processes) {
      const kept = keep.argv(argv) ?? ''
      if (host) expect(kept, argv).to.match(/^(?:\S+|\S+\/hyperkube kubelet)$/)
      // Every row that recognises the whole recognises what is left, with the same image versions.
      expect(matching(kept).map(({ id }) => id)).to.deep.equal(
        matching(argv).map(({ id }) => id),
        kept,
      )
      if (!host)
        expect(kept.match(/longhorn-[a-z-]+:v\S+/g)).to.deep.equal(argv.match(/longhorn-[a-z-]+:v\S+/g))
      expect(kept).to.not.match(/hunter2|pvc-|nodeid|worker-1|--service-account|--listen|http:/)
    }
    for (const argv of fixtures.decoys) expect(keep.argv(argv), argv).to.equal(undefined)
  })

  it('names a family with every component, and every family has a component', () => {
    const families = knowledge.components.families.map(({ id }) => id)
    expect(new Set(components.map(({ family }) => family))).to.deep.equal(new Set(families))
  })

  it('names components that exist in signatures', () => {
    const ids = components.map(({ id }) => id)
    const named = knowledge.signatures.flatMap(({ ends }) => ends?.restartOf ?? [])
    expect(ids).to.include.members(named)
  })
})

const matching = (argv: string): readonly Component[] =>
  components.filter(row => compileRegex(row.argv).isIn(argv))

const processOf = (argv: string, type: string, pod = true): Process => ({
  pid: 700,
  parent: 1,
  startedAt: 1_700_000_000,
  user: 'root',
  label: `system_u:system_r:${type}:s0`,
  pod,
  argv,
})

const tableOf = (processes: readonly Process[]): ProcessTable => ({
  processes,
  others: [],
  at: 1_700_000_100,
})

// Beside a process that names the version, as on a real node.
const recognised = (argv: string, version?: string, pod = true) => {
  const witness = processOf(
    `longhorn-manager -d deploy-driver --manager-image longhorn-manager:v${version}`,
    'spc_t',
  )
  const process = processOf(argv, 'spc_t', pod)
  const table = tableOf([...(version === undefined ? [] : [witness]), process])
  return matcher.recognise(table).filter(one => one.process === process)
}

import type { Audit, CheckInfo, NodeAudit } from '../../src/model/audit.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import type { GateLevel, Severity } from '../../src/model/severity.ts'
import { cohortsOf } from '../../src/evaluate/cohorts.ts'
import { verdictOf, type AllowMissing } from '../../src/evaluate/verdict.ts'
import { runInfo } from '../lab/run-info.ts'

/** An audit of these nodes, judged by the real verdict and grouped by the real cohorts. */
export const auditOf = (
  checks: readonly CheckInfo[],
  nodes: readonly NodeAudit[],
  gate: GateLevel = 'high',
  allowMissing: AllowMissing = { nodes: 0 },
): Audit => ({
  format: 1,
  run: runInfo(nodes.map(({ name }) => name)),
  verdict: verdictOf(nodes, { gate, allowMissing }),
  checks,
  nodes,
  cohorts: cohortsOf(nodes, checks),
  policies: [],
  outliers: [],
  waivers: [],
  notes: [],
})

/** What an audit says of the run before, but for what was found in comparing. */
export const baseline = (
  more: Partial<Extract<NonNullable<Audit['baseline']>, { state: 'compared' }>>,
): NonNullable<Audit['baseline']> => ({
  state: 'compared',
  run: 'r',
  startedAt: 0,
  sameTool: true,
  sameProfiles: true,
  compared: [],
  policies: [],
  changes: [],
  suspects: [],
  unexplained: [],
  onsets: [],
  returned: [],
  newlyAsked: [],
  ...more,
})

export const check = (id: string, severity: Severity, more: Partial<CheckInfo> = {}): CheckInfo => ({
  id,
  profile: 'mine',
  title: `Title of ${id}`,
  severity,
  references: [],
  byHand: ['true'],
  reads: [],
  consequenceOf: [],
  ...more,
})

export const node = (
  name: string,
  outcomes: readonly Outcome[],
  more: Partial<NodeAudit> = {},
): NodeAudit => ({
  name,
  address: '10.0.0.1:22',
  status: 'answered',
  groups: [],
  facts: {},
  outcomes,
  denials: [],
  ...more,
})

export const missing = (name: string): NodeAudit =>
  node(name, [], {
    status: 'missing',
    error: {
      code: 'connect-timeout',
      stage: 'connect',
      sentence: `node ${name}: no TCP connection to 10.0.0.1:22 after 10 s (2 tries)`,
    },
  })

/** Every place of an audit that holds a node's own words, filled with one text. */
export const hostileAudit = (text: string): Audit => {
  const checks = [
    check('broken', 'critical'),
    check('open', 'high'),
    check('fine', 'low'),
    check('minor', 'low'),
  ]
  const outcomes: readonly Outcome[] = [
    {
      check: 'broken',
      status: 'fail',
      severity: 'critical',
      findings: [{ key: text, message: text, evidence: [text, text] }],
    },
    { check: 'open', status: 'unknown', severity: 'high', reason: text },
    { check: 'fine', status: 'not-applicable', severity: 'low', reason: text },
    {
      check: 'minor',
      status: 'fail',
      severity: 'low',
      findings: [{ key: 'k', message: text, evidence: [text] }],
    },
  ]
  const denial = {
    source: text,
    target: text,
    class: text,
    permissions: [text],
    count: 3,
    firstSeen: 1_700_000_000,
    lastSeen: 1_700_000_100,
    commands: [text],
    paths: [text],
    enforced: true,
    sample: text,
    active: true,
    because: text,
  }
  const facts = {
    os: text,
    kernel: text,
    mode: text,
    policy: text,
    policySha256: text,
    packages: [{ name: text, version: text }],
  }
  const audit = auditOf(checks, [
    node('node-1', outcomes, {
      facts,
      denials: [denial],
      groups: [text],
      address: text,
      hostKeys: [{ state: 'learnt', host: text, key: text, file: text }],
    }),
    node(text.slice(0, 200), outcomes, { hostKeys: [{ state: 'unverified', host: text, key: text }] }),
    { ...missing('node-3'), error: { code: 'connect-refused', stage: 'connect', sentence: text } },
  ])
  const booleans = [{ name: text, before: true, after: false }]
  const comparison = {
    state: 'differs',
    items: [
      { kind: 'statement', change: 'added', text },
      { kind: 'permissive', change: 'added', name: text },
    ],
    more: { items: 1, types: [text] },
    booleans,
  } as const
  const open = { state: 'unknown', why: text } as const
  return {
    ...audit,
    notes: [text],
    outliers: [
      {
        node: text,
        peers: text,
        facts: [{ type: 'package', name: text, value: text, usual: text, count: 2, of: 3 }],
      },
    ],
    waivers: [
      {
        check: text,
        nodes: [text],
        reason: text,
        owner: text,
        until: 0,
        place: text,
        state: 'expired',
        waives: [text],
      },
    ],
    policies: [comparison, open].map(one => ({ sha256: text, os: text, nodes: [text], comparison: one })),
    baseline: {
      state: 'compared',
      run: text,
      startedAt: 0,
      sameTool: false,
      sameProfiles: false,
      compared: [],
      changes: [
        {
          id: 'e1',
          subject: { type: 'check', name: 'broken' },
          change: 'regressed',
          before: text,
          after: text,
          nodes: ['node-1'],
        },
        {
          id: 'e2',
          subject: { type: 'package', name: text },
          change: 'changed',
          before: text,
          after: text,
          direction: 'down',
          nodes: [text],
        },
        { id: 'e3', subject: { type: 'label', name: text }, change: 'lost', after: text, nodes: [text] },
        {
          id: 'e4',
          subject: { type: 'node', name: 'unreachable' },
          change: 'lost',
          after: text,
          nodes: [text],
        },
      ],
      suspects: [
        {
          cause: { type: 'package', name: text, from: text, to: text },
          check: 'broken',
          nodes: ['node-1', text],
          leads: true,
          basis: 'mechanism',
          table: { changedDrifted: 1, changedFine: 0, unchangedDrifted: 0, unchangedFine: 1 },
          chance: 0.5,
          evidence: [{ shows: 'advisory', title: text }],
          tied: [{ type: 'module', name: text, to: text }],
          rollBack: [{ do: text, hold: text, nodes: [text] }],
          since: { earliest: 0, latest: 1 },
        },
      ],
      unexplained: [
        {
          check: 'broken',
          nodes: [text],
          isReinstalled: false,
          changed: [{ type: 'package', name: text }],
          uncompared: ['boolean'],
        },
      ],
      onsets: [{ check: 'broken', node: text, at: 0 }],
      returned: [{ check: 'broken', nodes: [text], run: text }],
      newlyAsked: [],
      policies: [comparison, open].map(one => ({ from: text, to: text, nodes: [text], comparison: one })),
    },
  }
}

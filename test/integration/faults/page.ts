import { type ErrorCode, hints } from '../../../src/errors.ts'
import type { Becomes, Fault } from './table.ts'

/** docs/faults.md: the table of faults, for operators. */
export const faultsPage = (faults: readonly Fault[]): string => {
  const stages = [...new Set(faults.map(({ stage }) => stage))]
  return [
    '# What can go wrong with a node, and what becomes of it',
    '',
    'Made from `test/integration/faults.yaml`; `npm test` brings each line about, on one and on half of fifty nodes, over the built-in',
    'client and over OpenSSH’s: the node gets this code, the others answer byte for byte as if nothing were wrong, and no process, socket',
    'or unheard error is left. `missing`: no answer of the node is there. `partial`: some are, and are judged; the others are unknown.',
    '`answered` with a code: what needs root is unknown, or the policy is not there. Nothing of it is ever a pass.',
    '',
    'What has no end of its own (marked ∞) ends by a limit (`-T`, `--task-timeout`), or before that by the end of the run:',
    '',
    ...table([
      ['', 'becomes', 'code', 'what to do'],
      ...ofTheRun.map(([what, becomes, code]) => [what, becomes, `\`${code}\``, hints[code]]),
    ]),
    '',
    ...stages.flatMap(stage => [
      `## ${titles[stage] ?? stage}`,
      '',
      ...table([
        ['what happens', 'becomes', 'code', 'what to do'],
        ...faults.filter(one => one.stage === stage).map(rowOf),
      ]),
      '',
    ]),
  ].join('\n')
}

const titles: Readonly<Record<string, string>> = {
  name: 'Its name',
  connection: 'The TCP connection',
  greeting: 'What it says first',
  'key exchange': 'The key exchange',
  'host key': 'Its host key',
  login: 'The login',
  channel: 'The channel for the command',
  begin: 'Before the first answer',
  middle: 'Between answers',
  end: 'After the last answer',
  root: 'Becoming root',
  policy: 'Its policy, fetched by a second command',
  jump: 'A jump host',
  command: 'A ProxyCommand',
  here: 'This machine',
}

const ofTheRun = [
  ['the run’s `--deadline` passes before it has answered', 'missing or partial', 'deadline'],
  ['somebody interrupts the run (^C)', 'missing or partial', 'interrupted'],
  ['this machine has no more open files for it', 'missing', 'local-limit'],
] as const

const rowOf = (fault: Fault): readonly string[] => {
  const { what, waits, becomes, openssh, client } = fault
  const only = client === undefined ? '' : ` (${clientNames[client]} only)`
  const codes = [codeOf(becomes), ...(openssh ? [`${codeOf(openssh)} by ${clientNames.openssh}`] : [])]
  return [`${what}${waits ? ' ∞' : ''}${only}`, becomes.status, codes.join(', '), hintOf(fault)]
}

const clientNames = { builtin: 'the built-in client', openssh: 'the OpenSSH client' } as const

const codeOf = ({ code }: Becomes): string => (code === undefined ? '' : `\`${code}\``)

const hintOf = ({ becomes: { code }, stage }: Fault): string => {
  if (code !== undefined) return hints[code satisfies ErrorCode]
  return stage === 'policy'
    ? 'The report says so where its policy is told; its own tools are asked instead, if it has them.'
    : ''
}

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const lines = rows.map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`)
  const [head = '', ...body] = lines
  return [head, `|${' --- |'.repeat(rows[0]?.length ?? 0)}`, ...body]
}

import type { Ask } from '../model/ask.ts'
import type { AllowRule, PolicyAnswer, RuleCondition, TransitionRule } from '../model/facts.ts'
import type { Answer, Probe } from '../model/probe.ts'
import { isPhrase } from '../model/ranges.ts'
import { read, unreadable, type Reading } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'
import { firstLine, linesOf } from './parse.ts'

/**
 * The node's own sesearch and seinfo on the loaded policy, named explicitly: on a host without SELinux they would
 * silently read the installed one. The policy has one reader at a time (EBUSY): a few tries. Errors come on stdout,
 * warnings of its Python on stderr.
 */
const ask = (tool: 'sesearch' | 'seinfo', words: readonly string[]): string => `need ${tool}
p=$R/sys/fs/selinux/policy
[ -e "$p" ] || { echo "no loaded policy" >&2; exit 3; }
[ -r "$p" ] || root
for i in 1 2 3 4; do
  o=$(${tool} ${words.map(shellQuote).join(' ')} "$p"); s=$?
  case $o in *"esource busy"*) sleep 1;; *) break;; esac
done
printf '#${tool} %s\\n%s\\n' "$s" "$o"`

const parse = <Value>(
  answer: Answer,
  tool: string,
  toValue: (line: string) => Value | undefined,
): Reading<PolicyAnswer<Value>> => {
  if (answer.exit === 3) return unreadable('failed', firstLine(answer.stderr) || 'no loaded policy')
  const [head = '', ...lines] = linesOf(answer.stdout)
  const status = new RegExp(`^#${tool} (\\d+)$`).exec(head)?.[1]
  if (status === undefined) return unreadable('nonsense', `no status of ${tool}`)
  // container_t is not a valid type attribute
  const unknown = /^(?:\S+: )?(\S+) is not a valid (type|attribute|class)/.exec(lines[0] ?? '')
  if (status !== '0') {
    const [, name, what] = unknown ?? []
    // the pattern gives no other
    if (name) return read({ state: 'unknown-name', what: what as 'type' | 'attribute' | 'class', name }, tool)
    return unreadable('failed', `${tool} ended with status ${status}: ${firstLine(lines.join('\n'))}`)
  }
  const values = lines.map(line => (isPhrase(line.trim(), longest) ? toValue(line) : undefined))
  if (values.some(value => value === undefined)) {
    const odd = lines[values.indexOf(undefined)] ?? ''
    return unreadable('nonsense', `${tool} printed '${odd.slice(0, 80)}'`)
  }
  return read({ state: 'known', values: values.filter(value => value !== undefined) }, tool)
}

// All permissions of a class, and a condition of many booleans, have room.
const longest = 16_384

/** `sesearch -A -s container_t -t spc_t -c unix_stream_socket -p connectto` */
export const allow: Probe<'allow'> = {
  name: 'allow',
  cost: 'policy',
  seconds: 60,
  fragment: params => ask('sesearch', allowWords(params)),
  byHand: params => `sesearch ${allowWords(params).join(' ')}`,
  parse: answer => parse(answer, 'sesearch', toAllow),
}
const allowWords = ({ source, target, class: className, permissions }: Ask<'allow'>['params']) => [
  '-A',
  '-s',
  source,
  ...(target === undefined ? [] : ['-t', target === 'self' ? source : target]),
  '-c',
  className,
  '-p',
  permissions.join(','),
]

/** `sesearch -T -s container_runtime_t -c process` */
export const transition: Probe<'transition'> = {
  name: 'transition',
  cost: 'policy',
  seconds: 60,
  fragment: ({ source, class: className }) => ask('sesearch', ['-T', '-s', source, '-c', className]),
  byHand: ({ source, class: className }) => `sesearch -T -s ${source} -c ${className}`,
  parse: answer => parse(answer, 'sesearch', toTransition),
}

/** `seinfo --flat -x -a container_domain` */
export const attribute: Probe<'attribute'> = {
  name: 'attribute',
  cost: 'policy',
  seconds: 60,
  fragment: params => ask('seinfo', ['--flat', '-x', '-a', params.attribute]),
  byHand: params => `seinfo --flat -x -a ${params.attribute}`,
  parse: (answer, params) => {
    const reading = parse(answer, 'seinfo', line => line.trim())
    if (reading.state === 'unreadable' || reading.value.state !== 'known') return reading
    // setools 4.4: `attribute container_domain;` and the members below it; nothing at all when there is no such attribute
    const { values } = reading.value
    if (values.length === 0)
      return { ...reading, value: { state: 'unknown-name', what: 'attribute', name: params.attribute } }
    const members = values
      .filter(value => !value.includes(' ') && value !== params.attribute)
      .map(value => value.replace(/;$/, ''))
    return { ...reading, value: { state: 'known', values: members } }
  },
}

/** `seinfo --permissive --flat` */
export const permissiveTypes: Probe<'permissive-types'> = {
  name: 'permissive-types',
  cost: 'policy',
  seconds: 60,
  fragment: () => ask('seinfo', ['--permissive', '--flat']),
  byHand: () => 'seinfo --permissive --flat',
  parse: answer => parse(answer, 'seinfo', line => /^(?:permissive )?([\w.-]+);?$/.exec(line.trim())?.[1]),
}

// allow container_domain spc_t:unix_stream_socket connectto;
// allow container_domain nfs_t:dir { getattr open search }; [ virt_use_nfs ]:True
const toAllow = (line: string): AllowRule | undefined => {
  const match = /^allow (\S+) ([^\s:]+):([^\s:]+) (?:\{ ([^{}]+) \}|([^\s;]+));(?:\s*(\[.*))?$/s.exec(
    line.trim(),
  )
  if (!match) return undefined
  const [text, source = '', target = '', className = '', many, one = '', condition] = match
  const permissions = (many ?? one).trim().split(/\s+/)
  return { source, target, class: className, permissions, text, ...conditionOf(condition) }
}

// type_transition container_runtime_t container_ro_file_t:process spc_t;
// type_transition init_t var_run_t:sock_file foo_t "name"; [ bool ]:True
const toTransition = (line: string): TransitionRule | undefined => {
  const match =
    /^type_transition (\S+) ([^\s:]+):([^\s:]+) ([^\s;]+)(?: "?([^";]+)"?)?;(?:\s*(\[.*))?$/s.exec(
      line.trim(),
    )
  if (!match) return undefined
  const [text, source = '', target = '', className = '', to = '', name, condition] = match
  return {
    source,
    target,
    class: className,
    to,
    text,
    ...(name ? { name } : {}),
    ...conditionOf(condition),
  }
}

// [ virt_use_nfs ]:True
const conditionOf = (text: string | undefined): { readonly condition?: RuleCondition } => {
  if (text === undefined) return {}
  const match = /^\[ (\w+) \](?::(True|False))?$/.exec(text.trim())
  if (!match) return { condition: { branch: !text.trimEnd().endsWith(':False') } }
  const [, value = '', branch] = match
  return { condition: { expression: [{ node: 'boolean', value }], branch: branch !== 'False' } }
}

import * as fc from 'fast-check'

const groups = ['web', 'db', 'Zeta', 'a_b', 'dc-1', 'überall', 'ungrouped', 'n1', 'w#1']
// Where `ungrouped` is a parent or somebody's child, hosts in it get lost to Ansible.
const children = groups.filter(name => name !== 'ungrouped')
const patterns = `
  n1 n2 N1 db-1 a.example.com 10.0.0.7 n[01:03] n[1:3] rack[a:c]-[1:5:2] n2:2222 x[8:10]:22 [fe80::1]:2200 ::1
  "n7" n\\8 [1:3].example.com web n2#x 'n:23'
`
  .trim()
  .split(/\s+/)
const names = `
  ansible_host ansible_ssh_host ansible_port ansible_user ansible_become anything sefleet_peers other
`
  .trim()
  .split(/\s+/)
const values = [
  '1',
  'one',
  '"01"',
  '22',
  '010',
  '1_000',
  '1e3',
  '0x1F',
  'True',
  'yes',
  'None',
  "[1,'a',2.0]",
  '"[1, 2]"',
  '80,443',
  `'"01"'`,
  '',
  "{'a':1,1:2}",
  '"{\'a\': (1, None)}"',
  'a=b',
  '"a b"',
  "''",
  'x#y',
  '"#z"',
  '-5',
  '2001-01-01',
  '{{a}}',
  `"'it''s'"`,
  "b'x'",
  '"\\"',
  '"a\\nb"',
  'é',
  '1.0',
  '1.',
]
const comments = fc.constantFrom('', '', '', '', ' # said', '  #said', ' ; said', '\t# "')
const indent = fc.constantFrom('', '', '', '', '  ', '\t')

const hostLine = fc
  .tuple(
    fc.constantFrom(...patterns),
    fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values)), { maxLength: 3 }),
    fc.constantFrom(...comments0()),
  )
  .map(([pattern, vars, comment]) => [pattern, ...vars.map(pair => pair.join('='))].join(' ') + comment)
const varsLine = fc
  .tuple(
    fc.constantFrom(...names),
    fc.constantFrom('=', '=', ' = ', '= '),
    fc.constantFrom(...values),
    comments,
  )
  .map(parts => parts.join(''))
const rank = fc.constantFrom('ansible_group_priority=2', 'ansible_group_priority = "10"')
const childLine = fc
  .tuple(fc.constantFrom(...children), fc.constantFrom('', '', ' ', ' # said', '#said'))
  .map(parts => parts.join(''))
const filler = fc.constantFrom('', '# said', '; said', '   ', '#[web]')

const section = fc.oneof(
  lines('', fc.oneof({ arbitrary: hostLine, weight: 9 }, filler)),
  lines('', fc.oneof({ arbitrary: hostLine, weight: 9 }, filler)),
  lines(':children', fc.oneof({ arbitrary: childLine, weight: 9 }, filler)),
  lines(':vars', fc.oneof({ arbitrary: varsLine, weight: 12 }, { arbitrary: rank, weight: 1 }, filler)),
)

/** INI inventories with sections in every order; the groups that any of them names are mostly defined at the end. */
export const madeIni: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(hostLine, { maxLength: 2 }),
    fc.array(section, { minLength: 1, maxLength: 7 }),
    fc.shuffledSubarray(groups),
    fc.boolean(),
    fc.constantFrom('\n', '\n', '\r\n'),
  )
  .map(([first, sections, some, all, end]) => {
    const last = (all ? groups : some).map(name => `[${name}]`)
    return [...first, ...sections.flat(), ...last, ''].join(end)
  })

function lines(kind: string, line: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(
      fc.constantFrom(...(kind === ':children' ? children : groups)),
      fc.constantFrom('', '', '', ' # said'),
      fc.array(fc.tuple(indent, line), { maxLength: 4 }),
    )
    .map(([name, comment, found]) => [`[${name}${kind}]${comment}`, ...found.map(parts => parts.join(''))])
}

// Not `;`, which begins no comment after a host and is a mistake there.
function comments0(): readonly string[] {
  return ['', '', '', ' # said', '  #said', '# "']
}

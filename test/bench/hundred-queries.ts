import { readPolicyFile } from '../../src/cli/policy/policy-file.ts'
import { search } from '../../src/cli/policy/search-words.ts'

// `hundred-queries.js POLICY`: reads it once and asks a hundred questions, each another one.
const policy = readPolicyFile(process.argv[2] ?? '')
const types = policy.types.byValue.flatMap(one => (one && !one.isAttribute ? [one.name] : []))
let found = 0
for (let index = 0; index < 100; index += 1) {
  const [source, target] = [types[(index * 37) % types.length], types[(index * 101) % types.length]]
  if (source !== undefined && target !== undefined)
    found += search(policy, { A: true, source, target, class: 'file', perms: 'read,open' }).length
}
process.stdout.write(`${found}\n`)

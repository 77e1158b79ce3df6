import { expect } from 'chai'
import { explainHost, explanationText, type Explanation } from '../../src/inventory/show/explain.ts'
import { needs } from '../tools.ts'
import { withCase } from './agreement.ts'
import { askAnsible, isRefusal, type InventoryCase } from './oracle.ts'

// Every kind of place an inventory has, two of them twice, for one variable.
const sixLevels: InventoryCase = {
  files: {
    'inv/hosts.yaml': `all:
  vars: { ansible_user: from-all, ntp: 10.0.0.1 }
  children:
    k8s:
      vars:
        ansible_user: from-k8s
      children:
        storage:
          vars: { ansible_user: from-storage }
          hosts:
            worker-01:
              ansible_user: from-host
              rack: r1
`,
    'inv/more': `[storage]
worker-01 ansible_user=from-second-file
`,
    'inv/group_vars/all.yml': 'ansible_user: from-group-vars-all\n',
    'inv/group_vars/storage/10-first.yml': '# the lower of two\nansible_user: from-first\n',
    'inv/group_vars/storage/20-second.yml': '\n\nansible_user: from-second\n',
    'inv/host_vars/worker-01.yml': 'ansible_user: from-host-vars\n',
  },
  sources: ['inv'],
}

const explained = (data: InventoryCase, name: string): Explanation =>
  withCase(data, inventory => {
    const host = inventory.hosts.get(name)
    if (!host) throw new Error(`no host ${name}`)
    return explainHost(inventory, host)
  })

describe('the explanation of a host’s variables', () => {
  it('names file, line and column of all that set a variable, the strongest first', () => {
    const { variables } = explained(sixLevels, 'worker-01')
    const user = variables.find(({ name }) => name === 'ansible_user')
    expect(user?.given.map(({ value, place, by }) => `${value} ${place} ${by}`)).to.deep.equal([
      '"from-host-vars" inv/host_vars/worker-01.yml:1:15 host_vars',
      '"from-second-file" inv/more:2:11 host',
      '"from-host" inv/hosts.yaml:12:29 host',
      '"from-second" inv/group_vars/storage/20-second.yml:3:15 group_vars of storage',
      '"from-first" inv/group_vars/storage/10-first.yml:2:15 group_vars of storage',
      '"from-group-vars-all" inv/group_vars/all.yml:1:15 group_vars of all',
      '"from-storage" inv/hosts.yaml:9:33 group storage',
      '"from-k8s" inv/hosts.yaml:6:23 group k8s',
      '"from-all" inv/hosts.yaml:2:25 group all',
    ])
  })

  it('is right at each level: without the winner, Ansible too gives the next', function () {
    needs(this, 'ansible')
    this.timeout(600_000)
    const order = [
      'inv/host_vars/worker-01.yml',
      'inv/more',
      'from-host',
      'inv/group_vars/storage/20-second.yml',
      'inv/group_vars/storage/10-first.yml',
      'inv/group_vars/all.yml',
      'from-storage',
      'from-k8s',
    ]
    const cases = order.map((_, index) => without(order.slice(0, index + 1)))
    for (const [index, answer] of askAnsible('inventory', cases).entries()) {
      if (isRefusal(answer)) throw new Error(answer.error)
      const { variables } = explained(cases[index] ?? sixLevels, 'worker-01')
      const winner = variables.find(({ name }) => name === 'ansible_user')?.given[0]?.value
      expect(winner, `step ${index}`).to.equal(answer.hosts['worker-01']?.variables['ansible_user'])
    }
  })

  it('tells the words for ssh, and no port where only ssh_config may know it', () => {
    const reached = (hosts: string) =>
      /reached: (.*)/.exec(
        explanationText(
          explained(
            { files: { 'hosts.yaml': `all: { hosts: { n1: ${hosts} } }\n` }, sources: ['hosts.yaml'] },
            'n1',
          ),
        ),
      )?.[1]
    expect(reached('')).to.equal('ssh n1')
    expect(reached('{ ansible_port: 2222, ansible_user: ada }')).to.equal('ssh ada@n1:2222')
    expect(
      reached(`{ ansible_ssh_common_args: '-o ProxyCommand="ssh -W %h:%p gate"', ansible_host: fd00::1 }`),
    ).to.equal("ssh -o 'ProxyCommand=ssh -W %h:%p gate' [fd00::1]")
  })

  it('tells an alias that wins, what a template comes to, and the ranks of groups', () => {
    const data: InventoryCase = {
      files: {
        'hosts.yaml': `
rack: { vars: { ansible_group_priority: 5, domain: example.com }, hosts: { db-1: } }
web:
  hosts:
    db-1: { ansible_host: 10.0.0.1, ansible_ssh_host: "{{ inventory_hostname }}.{{ domain }}", ansible_port: "{{ no }}" }
`,
      },
      sources: ['hosts.yaml'],
    }
    expect(explanationText(explained(data, 'db-1'))).to.equal(`db-1
  groups, the weakest first: web, rack (priority 5)
  reached: not at all: hosts.yaml:5:110: ansible_port needs the variable 'no', which is not set

ansible_host = "10.0.0.1"
  not used: ansible_ssh_host is set too, and wins
  from     hosts.yaml:5:27  (host)

ansible_port = "{{ no }}"
  comes to unknown: hosts.yaml:5:110: ansible_port needs the variable 'no', which is not set
  from     hosts.yaml:5:110  (host)

ansible_ssh_host = "{{ inventory_hostname }}.{{ domain }}"
  comes to "db-1.example.com"
  from     hosts.yaml:5:55  (host)

domain = "example.com"
  from     hosts.yaml:2:52  (group rack)
`)
  })

  it('tells what no password comes to', () => {
    const data: InventoryCase = {
      files: {
        'hosts.yaml':
          'web: { hosts: { db-1: { key: hunter2, ansible_password: "{{ key }}", ansible_user: "{{ key }}" } } }',
      },
      sources: ['hosts.yaml'],
    }
    const comesTo = explained(data, 'db-1').variables.map(one => [one.name, one.comesTo])
    expect(comesTo).to.deep.equal([
      ['ansible_password', undefined],
      ['ansible_user', '"hunter2"'],
      ['key', undefined],
    ])
  })

  it('names the working directory’s files as they are named there', () => {
    const data: InventoryCase = {
      files: { 'inv/hosts': '[web]\ndb-1\n', 'group_vars/web.yml': 'ansible_user: ops\n' },
      sources: ['inv/hosts'],
    }
    expect(explained(data, 'db-1').variables[0]?.given).to.deep.equal([
      { value: '"ops"', place: 'group_vars/web.yml:1:15', by: 'group_vars of web' },
    ])
  })

  it('cannot be forged by a value or a name', () => {
    const data: InventoryCase = {
      files: { 'hosts.yaml': `web: { hosts: { "a\\u001bb": { "n\\nm": "\\u009b31m" } } }` },
      sources: ['hosts.yaml'],
    }
    const text = explanationText(explained(data, 'a\u001Bb'))
    expect(text).to.not.match(/\p{Cc}(?<!\n)/u)
    expect(text).to.include('n\\u{a}m = "\\u009b31m"')
  })
})

// Takes away one place after the other, a whole file or a line of the inventory.
const without = (taken: readonly string[]): InventoryCase => ({
  ...sixLevels,
  files: Object.fromEntries(
    Object.entries(sixLevels.files)
      .filter(([path]) => !taken.includes(path))
      .map(([path, text]) => [
        path,
        taken.reduce((rest, value) => rest.replace(`ansible_user: ${value}`, `x${value}: 1`), text),
      ]),
  ),
})

describe('the folder a command runs in', () => {
  it('is named as what lies in it is written: host_vars/db-1.yml, and once', () => {
    const data = {
      files: { hosts: 'db-1\n', 'host_vars/db-1.yml': 'ansible_user: ops\n' },
      sources: ['hosts'],
    }
    withCase(data, inventory => {
      const host = inventory.hosts.get('db-1')
      if (!host) throw new Error('no host db-1')
      const places = explainHost(inventory, host).variables.flatMap(({ given }) =>
        given.map(({ place }) => place),
      )
      expect(places).to.deep.equal(['host_vars/db-1.yml:1:15'])
    })
  })
})

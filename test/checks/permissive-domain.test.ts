import { expect } from 'chai'
import { permissiveDomain } from '../../src/checks/kinds/permissive-domain.ts'
import type { ReadAsk } from '../../src/model/ask.ts'
import { read } from '../../src/model/reading.ts'
import { piecesOf } from '../../src/report/commands.ts'
import { knowledge } from '../lab/fleet.ts'

const remediesFor = (type: string): readonly string[] => {
  const answers: Readonly<Record<string, unknown>> = {
    selinux: { running: 'enforcing', commandLine: [] },
    'permissive-types': { state: 'known', values: [type] },
    modules: { modules: [{ name: `permissive_${type}`, priority: 400, enabled: true }] },
  }
  // Only what this kind asks, in the shapes that it reads.
  const ask = ((one: { readonly probe: string }) => read(answers[one.probe], 'test')) as unknown as ReadAsk
  const judged = permissiveDomain.judge({ domains: ['*'] }, ask, knowledge)
  return judged.status === 'fail' ? judged.findings.map(({ remedy = '' }) => remedy) : []
}
const commandsOf = (text: string): readonly string[] =>
  piecesOf(text).flatMap(piece => (piece.isCommand ? [piece.text] : []))

describe('the end of a permissive domain', () => {
  it('is a command with its name', () =>
    expect(remediesFor('container_kvm_t').flatMap(commandsOf)).to.deep.equal([
      'semanage permissive -d container_kvm_t',
    ]))

  it('is no command where the name of the node’s policy would be one itself', () => {
    for (const type of ['x_t; reboot', '$(reboot)_t', '`reboot`', '-a_t']) {
      const told = remediesFor(type)
      expect(told, type).to.have.lengthOf(1)
      expect(told.join(''), type).to.not.include(type)
    }
  })
})

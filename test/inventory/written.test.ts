import { AssertionError, expect } from 'chai'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SefleetError } from '../../src/errors.ts'
import { variablesIn } from '../../src/inventory/variables/layers.ts'
import { needs } from '../tools.ts'
import { expectAgreement, withCase } from './agreement.ts'
import { askAnsible, isRefusal, type Answered, type InventoryAnswer } from './oracle.ts'
import { layOut, writtenCases } from './written.ts'

describe('written inventories', function () {
  this.timeout(600_000)
  const cases = writtenCases()

  it('are many, and so are the patterns asked of them', () => {
    expect(cases.length).to.be.at.least(80)
    const asked = cases.flatMap(({ patterns, limits }) => [...patterns, ...limits])
    expect(asked.length).to.be.at.least(450)
    expect(new Set(asked).size, 'different ones').to.be.at.least(300)
  })

  it('are laid out as files that can be read and scripts that can be run', () => {
    const root = mkdtempSync(join(tmpdir(), 'sefleet-written-'))
    try {
      for (const data of cases) {
        const folder = join(root, data.name)
        layOut(data, folder)
        for (const [path, text] of Object.entries(data.files))
          expect(readFileSync(join(folder, path), 'utf8'), `${data.name}: ${path}`).to.equal(text)
        for (const path of data.executable) accessSync(join(folder, path), constants.X_OK)
      }
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })

  describe('in Ansible', () => {
    let answers: readonly Answered<InventoryAnswer>[] = []
    before(function () {
      needs(this, 'ansible')
      answers = askAnsible('inventory', cases)
    })

    it('are read, or refused where the case says so', () => {
      for (const [index, data] of cases.entries()) {
        const answer = answers[index]
        if (!answer) throw new Error('Ansible gave fewer answers than it had questions')
        const said = isRefusal(answer) ? answer.error : 'read'
        expect(isRefusal(answer), `${data.from}, ${data.name}: ${said}`).to.equal(data.refused === true)
      }
    })

    it('answer every pattern, or fail where the case says so', () => {
      for (const [index, data] of cases.entries()) {
        const answer = answers[index]
        if (!answer || isRefusal(answer)) continue
        const found = [...failed(data.patterns, answer.patterns), ...failed(data.limits, answer.limits)]
        expect([...new Set(found)].toSorted(), `${data.from}, ${data.name}`).to.deep.equal(
          data.errors.toSorted(),
        )
      }
    })
  })

  describe('in sefleet', () => {
    let answers: readonly Answered<InventoryAnswer>[] = []
    before(function () {
      needs(this, 'ansible')
      answers = askAnsible('inventory', cases)
    })

    for (const [index, data] of cases.entries()) {
      it(`${data.name}: ${data.differs === undefined ? 'as in Ansible' : `other than in Ansible, as ${data.differs}`}`, () => {
        const answer = answers[index]
        if (!answer) throw new Error('Ansible gave fewer answers than it had questions')
        const read = () =>
          withCase(data, (inventory, base) => {
            if (!isRefusal(answer)) return expectAgreement(inventory, base, data, answer)
            // What is refused may be a file that is read only when a host needs it.
            for (const host of inventory.hosts.values()) variablesIn(inventory)(host)
          })
        // A difference that is none any more has to leave the list.
        if (isRefusal(answer) !== (data.differs === undefined)) read()
        // Refused by us or read otherwise, and no bug of another kind.
        else
          expect(read)
            .to.throw(Error)
            .that.satisfies(
              (error: Error) => error instanceof SefleetError || error instanceof AssertionError,
            )
      })
    }
  })
})

const failed = (asked: readonly string[], given: readonly Answered<readonly string[]>[]): readonly string[] =>
  asked.filter((_, at) => isRefusal(given[at] ?? { error: 'no answer' }))

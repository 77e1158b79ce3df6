import { expect } from 'chai'
import { presentOf, withoutFuture } from '../../src/evaluate/own-clock.ts'
import { read } from '../../src/model/reading.ts'
import { answered } from '../cli/made-run.ts'

const present = 1_795_400_000
const day = 86_400

describe('a moment in the node’s own future', () => {
  it('is nonsense as a boot or as the time of a list of processes', () => {
    const os = {
      id: 'fedora',
      versionId: '39',
      name: 'Fedora',
      kernel: '6.6',
      architecture: 'x86_64',
      hostname: 'db-1',
      bootedAt: present + day,
    }
    expect(withoutFuture('os', read(os, 'x'), present)).to.have.property('reason', 'nonsense')
    const booted = read({ ...os, bootedAt: present - day }, 'x')
    expect(withoutFuture('os', booted, present)).to.equal(booted)
    for (const at of [present + day, present - day])
      expect(
        withoutFuture('processes', read({ processes: [], others: [], at }, 'x'), present),
      ).to.have.property('reason', 'nonsense')
  })

  it('ends no denial as a load of the policy or a change of the mode', () => {
    const log = {
      denials: [],
      source: 'ausearch',
      policyLoadedAt: present + day,
      modeChangedAt: present - day,
    } as const
    const reading = withoutFuture('denials', read(log, 'x'), present)
    expect(reading).to.deep.equal(
      read({ denials: [], source: 'ausearch', modeChangedAt: present - day }, 'x'),
    )
  })

  it('is told by the clock of the machine that asked where the node’s own is out of range', () => {
    const record = answered('db-1', '')
    expect(presentOf({ ...record, clock: { epoch: 99_999_999_999_999, zone: '+0000' } })).to.equal(
      record.askedAt / 1000,
    )
    expect(presentOf({ ...record, clock: { epoch: present, zone: '+0000' } })).to.equal(present)
  })
})

import { expect } from 'chai'
import { facetChanges } from '../../src/compare/facet-changes.ts'
import { packageItems } from '../../src/evaluate/facets/package-items.ts'
import { facetTypes, type Facet, type FacetItem, type Facets } from '../../src/model/facet.ts'
import type { Package } from '../../src/model/facts.ts'

const none: Facet = { state: 'read', isComplete: true, items: new Map() }
const bare = Object.fromEntries(facetTypes.map(type => [type, none])) as Facets // every type is in the list
const facet = (items: Readonly<Record<string, FacetItem>>, isComplete = true): Facet => ({
  state: 'read',
  isComplete,
  items: new Map(Object.entries(items)),
})
const changed = (before: Partial<Facets>, after: Partial<Facets>) =>
  facetChanges({ ...bare, ...before }, { ...bare, ...after })

const boot = (at: number, mark?: string): Facet =>
  facet({ boot: { value: String(at), since: at, ...(mark === undefined ? {} : { mark }) } })
const restart = (start: number): Facet => facet({ k3s: { value: String(start), since: start } })
const kernels = (...versions: readonly string[]): Facet => ({
  ...none,
  items: new Map(
    packageItems({
      manager: 'rpm',
      packages: versions.map((text): Package => {
        const [version = '', release = ''] = text.split('-')
        return { name: 'kernel-core', epoch: 0, version, release, architecture: 'x86_64' }
      }),
    }),
  ),
})

describe('facts of one node, then and now', () => {
  for (const [title, then, now, count] of [
    [
      'the same boot where the ids are equal, whatever the clock says',
      boot(1000, 'one'),
      boot(8200, 'one'),
      0,
    ],
    [
      'another boot where the ids differ, although the times are near',
      boot(1000, 'one'),
      boot(1004, 'two'),
      1,
    ],
    ['the same boot by its time where an older snapshot has no id', boot(1000), boot(1004, 'two'), 0],
    ['another boot by its time where an older snapshot has no id', boot(1000), boot(8200, 'two'), 1],
  ] as const)
    it(`show ${title}`, () => {
      expect(changed({ boot: then }, { boot: now })).to.have.length(count)
    })

  it('show no restart where the clock was set within one boot', () => {
    const then = { boot: boot(1000, 'one'), restart: restart(1500) }
    expect(changed(then, { boot: boot(8200, 'one'), restart: restart(8700) })).to.deep.equal([])
    expect(changed(then, { boot: boot(8200, 'one'), restart: restart(9900) })).to.have.length(1)
    // Without ids nothing tells a step from a reboot.
    expect(
      changed({ ...then, boot: boot(1000) }, { boot: boot(8200), restart: restart(8700) }),
    ).to.have.length(2)
  })

  for (const [title, then, now, direction, after] of [
    ['up with one more above', ['6.6.2-201'], ['6.6.10-200', '6.6.2-201'], 'up', '6.6.2-201, 6.6.10-200'],
    ['nowhere with one fewer below', ['6.6.2-201', '6.6.10-200'], ['6.6.10-200'], undefined, '6.6.10-200'],
    [
      'up with one above for one below',
      ['6.6.2-1', '6.6.9-1'],
      ['6.6.10-1', '6.6.9-1'],
      'up',
      '6.6.9-1, 6.6.10-1',
    ],
    ['down without the highest', ['6.6.9-1', '6.6.10-1'], ['6.6.9-1'], 'down', '6.6.9-1'],
  ] as const)
    it(`lead a package of several versions ${title}`, () => {
      const [change] = changed({ package: kernels(...then) }, { package: kernels(...now) })
      expect(change).to.include({ change: 'changed', after })
      expect(change?.direction).to.equal(direction)
    })

  it('call no component gone, however much of it was seen', () => {
    const component = facet({ k3s: { value: 'v1.27.5+k3s1' }, 'longhorn-manager': { value: 'v1.4.0' } })
    for (const isComplete of [true, false])
      expect(changed({ component }, { component: facet({}, isComplete) })).to.deep.equal([])
  })

  it('call a file gone, unless one may not be looked at', () => {
    const file = facet({ '/etc/selinux/config': { value: '0123456789ab', since: 1000 } })
    expect(changed({ file }, { file: facet({}) })).to.deep.equal([
      { type: 'file', name: '/etc/selinux/config', change: 'vanished', before: '0123456789ab' },
    ])
    expect(changed({ file }, { file: facet({}, false) })).to.deep.equal([])
  })
})

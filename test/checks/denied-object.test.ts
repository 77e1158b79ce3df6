import { expect } from 'chai'
import { loadKnowledge } from '../../src/checks/load.ts'
import { judgeDenials } from '../../src/checks/judged-denials.ts'
import { mountsOf } from '../../src/checks/denied-device.ts'
import type { ProbeName, ReadAsk } from '../../src/model/ask.ts'
import type { Denial, JudgedDenial } from '../../src/model/denial.ts'
import type { MountFact } from '../../src/model/facts.ts'
import { read, unreadable, type Reading } from '../../src/model/reading.ts'

/* What a denial was about, as the mount table and the places of runtimes tell it, by whatever name the kernel has for a device. */
const knowledge = loadKnowledge()
const pod = '/var/lib/kubelet/pods/0a1b2c3d-1111-2222-3333-444455556666'
const volume = `${pod}/volumes/kubernetes.io~csi/pvc-77/mount`
const global = '/var/lib/kubelet/plugins/kubernetes.io/csi/driver.longhorn.io/1f0a/globalmount'

const mount = (source: string, target: string, device?: string, type = 'ext4'): MountFact => ({
  source,
  target,
  type,
  options: ['rw'],
  ...(device === undefined ? {} : { device }),
})
const root = mount('/dev/sda4', '/', 'sda4')

const readerOf = (mounts: readonly MountFact[] | undefined, places: readonly object[] = []): ReadAsk => {
  const given: Partial<Record<ProbeName, Reading<unknown>>> = {
    ...(mounts ? { mounts: read(mounts, 'it') } : {}),
    roots: read(places, 'it'),
  }
  return (({ probe }) => given[probe] ?? unreadable('not-asked', 'not given')) as ReadAsk // by probe alone
}

const judged = (one: Partial<Denial>, readAsk: ReadAsk): JudgedDenial => {
  const denial: Denial = {
    source: 'container_t',
    target: 'unlabeled_t',
    class: 'file',
    permissions: ['read'],
    count: 1,
    firstSeen: 1,
    lastSeen: 1,
    commands: ['app'],
    paths: [],
    enforced: true,
    sample: 'avc: denied',
    ...one,
  }
  const [found] = judgeDenials({ denials: [denial], source: 'ausearch' }, readAsk, knowledge)
  if (!found) throw new Error('left out')
  return found
}

interface Case {
  readonly what: string
  readonly denial: Partial<Denial>
  readonly mounts?: readonly MountFact[]
  readonly roots?: readonly object[]
  readonly signature: string
  readonly object: string
  /** What is told of the device. */
  readonly told?: readonly string[]
}

const named = { names: ['data.db'] }
const theVolume =
  'a file named data.db on the volume pvc-77 of the pod with the uid 0a1b2c3d-1111-2222-3333-444455556666'
const isMounted = (device: string) => [
  `${device} is mounted at ${volume}: the volume pvc-77 of the pod with the uid 0a1b2c3d-1111-2222-3333-444455556666`,
]

const cases: readonly Case[] = [
  {
    what: 'a device by its name',
    denial: { ...named, devices: ['sdb'] },
    mounts: [root, mount('/dev/sdb', volume)],
    signature: 'unlabelled-volume',
    object: `${theVolume} (sdb)`,
    told: isMounted('sdb'),
  },
  {
    what: 'dm-7 that is mounted as /dev/mapper',
    denial: { ...named, devices: ['dm-7'] },
    mounts: [root, mount('/dev/mapper/vg-data', volume, 'dm-7')],
    signature: 'unlabelled-volume',
    object: `${theVolume} (dm-7)`,
    told: isMounted('dm-7'),
  },
  {
    what: '/dev/longhorn/VOLUME, which the kernel calls sdc',
    denial: { ...named, devices: ['sdc'] },
    mounts: [
      root,
      mount('/dev/longhorn/pvc-77', global, 'sdc'),
      mount('/dev/longhorn/pvc-77', volume, 'sdc'),
    ],
    signature: 'unlabelled-volume',
    object: `${theVolume} (sdc)`,
    told: isMounted('sdc'),
  },
  {
    what: 'a volume that no pod has mounted yet, by its source',
    denial: { ...named, devices: ['sdc'] },
    mounts: [root, mount('/dev/longhorn/pvc-77', global, 'sdc')],
    signature: 'unlabelled-volume',
    object: 'a file named data.db on the volume pvc-77 (sdc)',
    told: [`sdc is mounted at ${global}: the volume pvc-77`],
  },
  {
    what: 'a file system of the network, by its number',
    denial: { ...named, devices: ['0:45'] },
    mounts: [root, mount('server:/export', volume, '0:45', 'nfs4')],
    signature: 'unlabelled-volume',
    object: `${theVolume} (0:45)`,
    told: isMounted('0:45'),
  },
  {
    what: 'a path inside a container, on a volume',
    denial: { paths: ['/data/data.db'], devices: ['sdb'] },
    mounts: [root, mount('/dev/sdb', volume, 'sdb')],
    signature: 'unlabelled-volume',
    object:
      '/data/data.db on the volume pvc-77 of the pod with the uid 0a1b2c3d-1111-2222-3333-444455556666 (sdb)',
    told: isMounted('sdb'),
  },
  {
    what: 'the disk of the host, which pods have folders of too',
    denial: { ...named, devices: ['sda4'] },
    mounts: [root, mount('/dev/sda4', `${pod}/volume-subpaths/conf/app/0`, 'sda4')],
    signature: 'unlabelled-image',
    object: 'a file named data.db on sda4',
  },
  {
    what: 'a volume that two pods share is no one’s alone',
    denial: { ...named, devices: ['sdb'] },
    mounts: [
      root,
      mount('/dev/sdb', volume, 'sdb'),
      mount('/dev/sdb', volume.replace('0a1b', '1b0a'), 'sdb'),
    ],
    signature: 'unlabelled-volume',
    object: 'a file named data.db on the volume pvc-77 (sdb)',
  },
  {
    what: 'an overlay is an image',
    denial: { ...named, devices: ['overlay'] },
    mounts: [root],
    signature: 'unlabelled-image',
    object: 'a file named data.db in an image',
  },
  {
    what: 'fuse-overlayfs in the storage of images',
    denial: { ...named, devices: ['fuse'] },
    mounts: [
      root,
      mount('fuse-overlayfs', '/var/lib/containers/storage/overlay/1f/merged', '0:60', 'fuse.fuse-overlayfs'),
    ],
    signature: 'unlabelled-image',
    object: 'a file named data.db in an image',
  },
  {
    what: 'a layer of stargz',
    denial: { ...named, source: 'spc_t', devices: ['fuse'] },
    mounts: [
      root,
      mount('stargz', '/var/lib/containerd-stargz-grpc/snapshotter/snapshots/9/fs', '0:61', 'fuse.rawBridge'),
    ],
    signature: 'unlabelled-image',
    object: 'a file named data.db in an image',
  },
  {
    what: 'fuse that is a volume',
    denial: { ...named, devices: ['fuse'] },
    mounts: [root, mount('s3fs', volume, '0:62', 'fuse.s3fs')],
    signature: 'unlabelled-volume',
    object: `${theVolume} (fuse)`,
  },
  {
    what: 'fuse that may be either',
    denial: { ...named, devices: ['fuse'] },
    mounts: [
      root,
      mount('s3fs', volume, '0:62', 'fuse.s3fs'),
      mount('fuse-overlayfs', '/var/lib/containers/storage/overlay/1f/merged', '0:60', 'fuse.fuse-overlayfs'),
    ],
    signature: 'unlabelled-image',
    object: 'a file named data.db on fuse',
  },
  ...[
    '/var/lib/docker/containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots/4/fs/etc/passwd',
    '/var/lib/docker/rootfs/overlayfs/0d1e/etc/passwd',
    '/var/lib/containerd-stargz-grpc/snapshotter/snapshots/4/fs/etc/passwd',
    '/var/lib/containerd/io.containerd.snapshotter.v1.fuse-overlayfs/snapshots/4/fs/etc/passwd',
  ].map((path): Case => ({
    what: `the runtime’s own path in its storage: ${path}`,
    denial: { source: 'container_runtime_t', paths: [path], devices: ['sda4'] },
    mounts: [root],
    signature: 'unlabelled-storage',
    object: `${path}, in an image`,
  })),
  {
    what: 'storage of images that is elsewhere',
    denial: { source: 'container_runtime_t', paths: ['/data/docker/rootfs/overlayfs/0d1e/etc/passwd'] },
    mounts: [root],
    roots: [{ name: 'docker', path: '/data/docker' }],
    signature: 'unlabelled-storage',
    object: '/data/docker/rootfs/overlayfs/0d1e/etc/passwd, in an image',
  },
  {
    what: 'a volume by the path that a process of the host has of it',
    denial: { source: 'container_runtime_t', paths: [`${volume}/data.db`], devices: ['sdb'] },
    mounts: [root],
    signature: 'unlabelled-storage',
    object: `${volume}/data.db, on the volume pvc-77 of the pod with the uid 0a1b2c3d-1111-2222-3333-444455556666`,
  },
  {
    what: 'a root of a container on a device of its own',
    denial: { ...named, source: 'spc_t', devices: ['dm-5'] },
    mounts: [
      root,
      mount(
        '/dev/mapper/pool-snap-5',
        '/run/containerd/io.containerd.runtime.v2.task/k8s.io/1f/rootfs',
        'dm-5',
      ),
    ],
    signature: 'unlabelled-image',
    object: 'a file named data.db in an image',
  },
  {
    what: 'a volume that the runtime names itself',
    denial: { source: 'container_runtime_t', paths: ['/var/lib/docker/volumes/db/_data/x'] },
    mounts: [root],
    signature: 'unlabelled-storage',
    object: '/var/lib/docker/volumes/db/_data/x, on the volume db',
  },
  ...[
    '/var/lib/docker/containers/0d1e/hosts',
    '/run/containerd/containerd.sock',
    '/var/lib/kubelet/config.yaml',
  ].map((path): Case => ({
    what: `a runtime’s file that is of no image: ${path}`,
    denial: { source: 'container_runtime_t', paths: [path], devices: ['sda4'] },
    mounts: [root],
    signature: 'unlabelled',
    object: path,
  })),
  {
    what: 'a path of the host',
    denial: { source: 'container_runtime_t', paths: ['/opt/cni/bin/bridge'], devices: ['sda4'] },
    mounts: [root],
    signature: 'unlabelled',
    object: '/opt/cni/bin/bridge',
  },
  {
    what: 'a mount table that could not be read tells nothing',
    denial: { ...named, devices: ['dm-7'] },
    signature: 'unlabelled-image',
    object: 'a file named data.db on dm-7',
    told: [],
  },
]

describe('the object of a denial', () => {
  for (const { what, denial, mounts, roots, signature, object, told } of cases)
    it(`is known where the node tells it: ${what}`, () => {
      const readAsk = readerOf(mounts, roots)
      const one = judged(denial, readAsk)
      expect(one.object).to.equal(object)
      expect(one.signature).to.equal(signature)
      if (told) expect(mountsOf(one, readAsk, knowledge)).to.deep.equal(told)
      // What lies in an image or a volume is never labelled on the host.
      if (signature !== 'unlabelled') expect(one.remedy).to.not.contain('restorecon')
    })

  it('of a privileged container that may not run what its image brings is an image’s, whoever mounted it', () => {
    const one = {
      source: 'spc_t',
      target: 'usr_t',
      permissions: ['execute'],
      names: ['app'],
      devices: ['fuse'],
    }
    const stargz = '/var/lib/containerd-stargz-grpc/snapshotter/snapshots/9/fs'
    const readAsk = readerOf([root, mount('stargz', stargz, '0:61', 'fuse.rawBridge')])
    expect(judged(one, readAsk).keeps?.what).to.equal('privileged containers may not run app')
    expect(judged(one, readerOf([root])).keeps).to.equal(undefined)
  })

  it('of the host is none of an image because something of it is an overlay', () => {
    const etc = [root, mount('overlay', '/etc', '0:30', 'overlay')]
    const one = { source: 'sshd_t', target: 'etc_t', names: ['passwd'], devices: ['overlay'] }
    expect(judged(one, readerOf(etc)).object).to.equal('a file named passwd on overlay')
    expect(judged({ ...one, source: 'container_t' }, readerOf(etc)).object).to.equal(
      'a file named passwd in an image',
    )
  })
})

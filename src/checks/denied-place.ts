import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial, Owner } from '../model/denial.ts'
import type { MountFact } from '../model/facts.ts'
import { globMatches } from '../model/glob.ts'
import { rootsAsk } from './roots.ts'
import { mountsAsk } from './runtimes.ts'

/** Where an object lies that is none of the host's own. */
export type Place =
  /** `the volume pvc-77 of the pod with the uid 0a1b2c3d-…` */
  { readonly is: 'volume'; readonly words: string } | { readonly is: 'image' }

type Known = Pick<Knowledge, 'runtimes' | 'roots' | 'layers'>

/**
 * Where a denied object lies, by the paths that a process of the host has of it, or by the mounts of its devices; undefined where that
 * is the host, is not known, or is not the same for all of the group.
 */
export const placeOfObject = (
  { paths, devices = [] }: Denial,
  owner: Owner,
  read: ReadAsk,
  knowledge: Known,
): Place | undefined => {
  const storage = storageOf(read, knowledge)
  const whole = paths.filter(path => path.startsWith('/') && path !== '/')
  const byPath = owner === 'container' ? [] : whole.map(path => placeAt(path, undefined, storage))
  const table = read(mountsAsk(knowledge))
  const mounts = table.state === 'read' ? table.value : undefined
  return agreed(byPath) ?? agreed(devices.map(device => placeOn(device, { owner, mounts, storage })))
}

/** The mounts of what a record calls by a device’s name. */
export const mountsOn = (device: string, mounts: readonly MountFact[]): readonly MountFact[] =>
  mounts.filter(
    one =>
      one.device === device ||
      one.source === `/dev/${device}` ||
      // All of FUSE is called so.
      (device === 'fuse' && /^fuse(?:blk)?(?:\.|$)/.test(one.type)),
  )

interface Seen {
  readonly owner: Owner
  readonly mounts: readonly MountFact[] | undefined
  readonly storage: Storage
}

const placeOn = (device: string, { owner, mounts, storage }: Seen): Place | undefined => {
  if (device === 'overlay') return isImage(owner, mounts, storage) ? { is: 'image' } : undefined
  return agreed(mountsOn(device, mounts ?? []).map(({ source, target }) => placeAt(target, source, storage)))
}

// A container's root is one; the host may have overlays of its own, as on /etc of an image-based system.
const isImage = (owner: Owner, mounts: Seen['mounts'], storage: Storage): boolean =>
  owner === 'container' ||
  (mounts !== undefined &&
    mounts.every(({ type, target }) => type !== 'overlay' || isOfImages(target, storage)))

const placeAt = (path: string, source: string | undefined, storage: Storage): Place | undefined => {
  const volume = volumeAt(path, source) ?? namedVolume(path, storage)
  if (volume !== undefined) return { is: 'volume', words: volume }
  return isOfImages(path, storage) ? { is: 'image' } : undefined
}

/** The volume that a path is in, in words: of a pod, or as its driver mounts it for all of them. */
export const volumeAt = (path: string, source = ''): string | undefined => {
  // /var/lib/kubelet/pods/8a1f…/volumes/kubernetes.io~csi/pvc-8a1f/mount
  const [, pod, volume] = /\/pods\/([0-9a-f-]{8,64})\/volumes?[^/]*\/[^/]+\/([^/]+)(?:\/|$)/.exec(path) ?? []
  if (pod !== undefined && volume !== undefined) return `the volume ${volume} of the pod with the uid ${pod}`
  // /var/lib/kubelet/plugins/kubernetes.io/csi/driver.example/1f0a…/globalmount, mounted from /dev/driver/pvc-8a1f
  if (!/\/plugins\/.+\/(?:globalmount|mounts)(?:\/|$)/.test(path)) return undefined
  const name = /\/(pvc-[\w-]{1,64})(?:\/|$)/.exec(path)?.[1] ?? /\/(pvc-[\w-]{1,64})$/.exec(source)?.[1]
  return name === undefined ? 'a volume' : `the volume ${name}`
}

// All the same, or nothing; of one volume that several have only what they share is said.
const agreed = (places: readonly (Place | undefined)[]): Place | undefined => {
  const [first] = places
  if (!first || places.some(one => one?.is !== first.is)) return undefined
  if (first.is === 'image') return first
  const all = new Set(places.flatMap(one => (one?.is === 'volume' ? [one.words] : [])))
  const ofPods = [...all].filter(words => words.includes(ofPod))
  const [words = first.words] = ofPods
  if (ofPods.length <= 1) return { is: 'volume', words }
  const names = new Set(ofPods.map(one => one.split(ofPod)[0] ?? one))
  const [name] = names
  return { is: 'volume', words: names.size === 1 && name !== undefined ? name : 'a volume' }
}

const ofPod = ' of the pod '

/** What of a node's paths belongs to images, and what to volumes that a runtime names itself. */
interface Storage {
  /** Globs. */
  readonly layers: readonly string[]
  /** Beginnings of paths. */
  readonly images: readonly string[]
  readonly volumes: readonly string[]
}

const storageOf = (read: ReadAsk, { roots, layers }: Known): Storage => {
  const places = read(rootsAsk({ roots }))
  const learnt = places.state === 'read' ? places.value : []
  const below = (which: 'images' | 'volumes'): readonly string[] =>
    Object.entries(roots).flatMap(([name, root]) => {
      const own = learnt.filter(one => one.name === name).map(({ path }) => path)
      const all = new Set([root.like, ...root.own, ...root.also, ...own])
      return [...all].flatMap(at => root[which].map(end => `${at}${end}`))
    })
  return { layers, images: below('images'), volumes: below('volumes') }
}

const isOfImages = (path: string, { layers, images }: Storage): boolean =>
  images.some(one => path.startsWith(one)) ||
  layers.some(one => globMatches(one, path) || globMatches(`${one}/*`, path))

// /var/lib/docker/volumes/data/_data
const namedVolume = (path: string, { volumes }: Storage): string | undefined => {
  const folder = volumes.find(one => path.startsWith(`${one}/`))
  const name = folder === undefined ? undefined : path.slice(folder.length + 1).split('/', 1)[0]
  return name === undefined || name === '' ? undefined : `the volume ${name}`
}

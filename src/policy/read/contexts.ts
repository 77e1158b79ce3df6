import type { Context, ObjectContexts } from '../policy.ts'
import type { Cursor } from './cursor.ts'
import { readContext } from './mls.ts'

/** Reads the object contexts (seven kinds, nine from version 31 on) and genfs. */
export const readContexts = (from: Cursor, version: number): ObjectContexts => {
  const list = <T>(size: number, what: string, one: () => T): T[] =>
    Array.from({ length: from.count(size, what) }, one)
  const context = (): Context => readContext(from)
  const initialSids = list(32, 'initial SIDs', () => ({ sid: from.u32(), context: context() }))
  // fs contexts: in the format, used by nothing
  list(60, 'fs contexts', () => ({ name: from.name(from.u32()), own: context(), files: context() }))
  const ports = list(40, 'ports', () => ({
    protocol: from.u32(),
    low: from.u32(),
    high: from.u32(),
    context: context(),
  }))
  const interfaces = list(60, 'network interfaces', () => ({
    name: from.name(from.u32()),
    context: context(),
    packets: context(),
  }))
  const node = (bytes: number) => () => ({
    address: from.copy(bytes),
    mask: from.copy(bytes),
    context: context(),
  })
  const nodes4 = list(36, 'IPv4 nodes', node(4))
  const fsUses = list(36, 'fs_use', () => {
    const behaviour = from.u32()
    return {
      behaviour:
        (['xattr', 'trans', 'task'] as const)[behaviour - 1] ?? from.fail(`fs_use of the kind ${behaviour}`),
      name: from.name(from.u32()),
      context: context(),
    }
  })
  const nodes6 = list(60, 'IPv6 nodes', node(16))
  const partitionKeys =
    version < 31
      ? []
      : list(44, 'InfiniBand partition keys', () => ({
          prefix: from.copy(8),
          low: from.u32(),
          high: from.u32(),
          context: context(),
        }))
  const endPorts = version < 31 ? [] : list(36, 'InfiniBand end ports', () => readEndPort(from))
  const genfs = list(9, 'file systems', () => readFileSystem(from)).flat()
  return {
    initialSids,
    ports,
    interfaces,
    nodes: [...nodes4, ...nodes6],
    fsUses,
    partitionKeys,
    endPorts,
    genfs,
  }
}

const readEndPort = (from: Cursor) => {
  const [length, port] = [from.u32(), from.u32()]
  return { name: from.name(length), port, context: readContext(from) }
}

const readFileSystem = (from: Cursor) => {
  const fs = from.name(from.u32())
  return Array.from({ length: from.count(36, 'paths of a file system') }, () => ({
    fs,
    path: from.fileName(from.u32()),
    class: from.u32(),
    context: readContext(from),
  }))
}

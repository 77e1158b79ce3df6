import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { makeNode, type LabNode } from '../../src/lab/data.ts'
import type { MadeRoot } from '../../src/lab/root.ts'
import { parseYaml } from '../../src/model/yaml.ts'

const nodesSchema = z.object({ nodes: z.record(z.string(), z.record(z.string(), z.unknown())) })

export const readNodes = (file: string) =>
  nodesSchema.parse(parseYaml(readFileSync(file, 'utf8')).value).nodes

/** Writes the nodes of a case over the shipped ones into one file of `work`, and returns its path. */
export const mergedNodes = (folder: string, work: string): string => {
  const merged = join(work, 'nodes.yaml')
  // JSON is YAML
  writeFileSync(
    merged,
    JSON.stringify({
      nodes: { ...readNodes('src/lab/nodes.yaml'), ...readNodes(join(folder, 'nodes.yaml')) },
    }),
  )
  return merged
}

/** Changes a made-up root as the case says: `patch.sh ROOT BIN NAME PHASE NOW`. */
export const patchCase = (
  folder: string,
  { root, bin }: MadeRoot,
  name: string,
  phase: 'before' | 'after',
  now: number,
): void => {
  const patch = join(folder, 'patch.sh')
  if (existsSync(patch)) execFileSync('/bin/sh', [patch, root, bin, name, phase, String(now)])
}

/** One node of a case, as it is after what happened. */
export const caseNode = (folder: string, name: string, work: string): LabNode =>
  makeNode({ like: name }, mergedNodes(folder, work))

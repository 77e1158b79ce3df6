import type { YamlTree } from '../../model/yaml-tree.ts'

/** What templates may refer to. */
export interface TemplateWorld {
  /** A variable's value, its own templates not filled in yet. */
  readonly variable: (name: string) => YamlTree | undefined
  readonly environment: (name: string) => string | undefined
  /** `hostvars[NAME]`: what another host's templates may refer to; undefined where there is no such host. */
  readonly host: (name: string) => TemplateWorld | undefined
  /** `groups[NAME]`: its hosts, in order. */
  readonly group: (name: string) => readonly string[] | undefined
}

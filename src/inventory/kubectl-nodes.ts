import type { YamlTree } from '../model/yaml.ts'
import type { Builder } from './builder.ts'
export const isKubectlOutput = (_root: YamlTree): boolean => false
export const readKubectlNodes = (_builder: Builder, _file: string, _root: YamlTree): void => {}

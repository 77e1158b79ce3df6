import { YamlError, parseAnsibleYaml, type YamlTree } from './yaml.ts'
export const parseJsonText = (text: string): YamlTree => {
  try {
    JSON.parse(text)
  } catch (e) {
    throw new YamlError(String(e), { line: 1, column: 1 })
  }
  return parseAnsibleYaml(text)
}

import type { Builder } from './builder.ts'
import { mistake } from './problem.ts'
export const readIniFile = (_builder: Builder, file: string, _text: string): void => {
  throw mistake(file, { line: 1, column: 1 }, 'INI comes')
}

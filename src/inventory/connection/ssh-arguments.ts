import { readWords } from '../../model/ssh-words.ts'
import { shellWords } from './words.ts'

/** The words of a variable for ssh, or what in it is none, for the end of a sentence. */
export const sshArguments = (
  text: string,
): { readonly words: readonly string[] } | { readonly problem: string } => {
  const words = shellWords(text)
  if (!words) return { problem: `an open quotation mark: ${text}` }
  const { unknown } = readWords(words)
  return unknown === undefined ? { words } : { problem: `'${unknown}', which is no option of ssh` }
}

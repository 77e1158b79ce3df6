/** Makes control, bidirectional and other invisible characters visible as \u{…}; newlines too. What a node said may not steer a terminal. */
export const forTerminal = (text: string): string =>
  text.replace(unsafe, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)

// All of Unicode's control, format, surrogate, private-use and unassigned characters and separators of lines but the newline.
const unsafe = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu

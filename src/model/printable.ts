/** Makes control, bidirectional and other invisible characters visible as \u{…}; newlines too. What a node said may not steer a terminal. */
export const forTerminal = (text: string): string =>
  text.replace(unsafe, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)

/** The same on one line: a newline is made visible too, so that it cannot forge another line. */
export const forTerminalLine = (text: string): string => forTerminal(text).replaceAll('\n', '\\u{a}')

// All of Unicode's control, format, surrogate, private-use and unassigned characters and separators of lines but the newline.
const unsafe = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu

/**
 * Text for XML 1.0, content or attribute. What XML cannot hold even as an entity (C0 but tab and newlines, lone
 * surrogates, U+FFFE/F) becomes U+FFFD, after terminal escapes are taken out whole.
 */
export const escapeXml = (text: string): string =>
  text
    .replace(terminalEscapes, '')
    .replace(forbidden, '\uFFFD')
    .replace(/[&<>"'\r]/g, character => entities[character] ?? '')

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
}

const escape = String.fromCharCode(27)
const terminalEscapes = new RegExp(`${escape}\\[[0-?]*[ -/]*[@-~]`, 'g')
const forbidden =
  /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]|[\u{7F}-\u{84}\u{86}-\u{9F}\u{202A}-\u{202E}\u{2066}-\u{2069}]/gu

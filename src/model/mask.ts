/**
 * Hides what is a node's own in a text (its name, its address, ids), so that what nodes say alike is told once: "node NODE: no TCP
 * connection to ADDRESS".
 */
export const maskOwn = (
  text: string,
  { name, address }: { readonly name: string; readonly address: string },
): string => {
  const host = /^(.*):\d+$/.exec(address)?.[1] ?? address
  const own = [
    [address, 'ADDRESS'],
    [host, 'ADDRESS'],
    [name, 'NODE'],
  ] as const
  const known = own.reduce(
    (all, [word, mask]) => (word.length < 2 ? all : replaceWord(all, word, mask)),
    text,
  )
  return known
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, 'UUID')
    .replace(/\b[0-9a-f]{32,64}\b/gi, 'ID')
}

// As a word of its own: worker-1 is not in worker-10, and 10.0.0.1 not in 10.0.0.17.
const replaceWord = (text: string, word: string, mask: string): string => {
  if (!text.includes(word)) return text
  let [masked, from] = ['', 0]
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (
      at < from ||
      isWordPart(text[at - 1]) ||
      isWordPart(text[at + word.length], text[at + word.length + 1] ?? '')
    )
      continue
    masked += text.slice(from, at) + mask
    from = at + word.length
  }
  return masked + text.slice(from)
}

// A dot or a dash goes on only if something follows it: names end sentences too.
const isWordPart = (character: string | undefined, next = 'x'): boolean =>
  character !== undefined &&
  (/[\p{L}\p{N}_]/u.test(character) || (/[-.]/.test(character) && /[\p{L}\p{N}_]/u.test(next)))

import { TemplateError } from './template-error.ts'

export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: bigint }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'sign'; readonly sign: string }

const tokenPattern =
  /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(0|[1-9][0-9]*)(?![\w.])|([A-Za-z_]\w*)|([.[\]()|,~]))/sy

/** The tokens of a Jinja expression; throws a TemplateError for what is none of those we know. */
export const tokensOf = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  const text = source.trim()
  tokenPattern.lastIndex = 0
  for (let end = 0; end < text.length; end = tokenPattern.lastIndex) {
    const [, single, double, number, name, sign] = tokenPattern.exec(text) ?? []
    const quoted = single ?? double
    // Ansible doubles backslashes before Jinja sees them, so that none means what it seems to.
    if (quoted?.includes('\\')) throw new TemplateError(`holds a backslash in a text: {{ ${text} }}`)
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted })
    else if (number !== undefined) tokens.push({ kind: 'number', number: BigInt(number) })
    else if (name !== undefined) tokens.push({ kind: 'name', name })
    else if (sign !== undefined) tokens.push({ kind: 'sign', sign })
    else throw new TemplateError(`holds an expression that sefleet can't fill in: {{ ${text} }}`)
  }
  return tokens
}

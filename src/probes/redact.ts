/** What stands where a credential stood. */
export const redacted = '[redacted]'

/**
 * Replaces what looks like a credential in an argv joined by spaces; linear in its length, for argv is hostile.
 * Longhorn's backing-image-data-source passes `--credential AWS_SECRET_ACCESS_KEY=…` and signed URLs in
 * `--parameters` (longhorn-manager backing_image_data_source_controller.go).
 */
export const redactArgv = (argv: string): string => {
  let hideNext = false
  return argv
    .split(' ')
    .map(word => {
      if (hideNext && word !== '' && !word.startsWith('-')) {
        hideNext = false
        return redacted
      }
      hideNext = word.startsWith('-') && !word.includes('=') && namesSecret(word)
      return redactWord(word)
    })
    .join(' ')
}

const secretWords = [
  'passw',
  'passphrase',
  'secret',
  'token',
  'credential',
  'apikey',
  'api-key',
  'api_key',
  'accesskey',
  'access-key',
  'access_key',
  'privatekey',
  'private-key',
  'private_key',
  'datastore-endpoint',
  'authorization',
  'bearer',
]

const namesSecret = (name: string): boolean => {
  const lower = name.slice(0, 256).toLowerCase()
  return secretWords.some(word => lower.includes(word))
}

const redactWord = (word: string): string => {
  const equals = word.search(/[=:]/)
  if (equals > 0 && namesSecret(word.slice(0, equals))) return `${word.slice(0, equals + 1)}${redacted}`
  if (word.includes('://')) return redactUrl(word)
  // a JSON web token
  if (/eyJ[\w-]{8,}\./.test(word.slice(0, 4096))) return redacted
  // name=value inside a value, e.g. `parameters=sas_token=…`
  return equals > 0 && namesSecret(word.slice(equals + 1, equals + 65)) && word.indexOf('=', equals + 1) > 0
    ? `${word.slice(0, word.indexOf('=', equals + 1) + 1)}${redacted}`
    : word
}

const redactUrl = (word: string): string => {
  const start = word.indexOf('://') + 3
  const pathStart = word.slice(start).search(/[/?#]/)
  const authorityEnd = pathStart < 0 ? word.length : start + pathStart
  const at = word.lastIndexOf('@', authorityEnd - 1)
  const withoutUser = at >= start ? `${word.slice(0, start)}${redacted}@${word.slice(at + 1)}` : word
  const query = withoutUser.indexOf('?')
  return query < 0 ? withoutUser : `${withoutUser.slice(0, query + 1)}${redacted}`
}

/** What stands where a credential stood. */
export const redacted = '[redacted]'

/**
 * Replaces what cannot be anything but a credential, in any text: log lines, what a command printed, a command line.
 * What only may be one stays, for checks read these texts: `PasswordAuthentication no` is no secret. Linear in the
 * text's length.
 */
export const redactSecrets = (text: string): string => {
  const keyless = text.includes('-----BEGIN') ? text.replace(privateKey, redacted) : text
  const urlless = keyless.includes('://')
    ? keyless.replace(webhook, `$1${redacted}`).replace(userOfUrl, `$1${redacted}@`)
    : keyless
  return urlless
    .replace(header, `$1${redacted}`)
    .replace(element, `$1${redacted}`)
    .replace(assignment, (whole: string, name: string, value: string) =>
      isHarmless(value) ? whole : `${name}${redacted}`,
    )
    .replace(token, redacted)
}

// Tokens that tell their kind by their beginning, as their makers document them for those who look for leaks.
const tokens = [
  '(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{12,}', // Amazon
  'gh[pousr]_\\w{16,}', // GitHub
  'github_pat_\\w{16,}',
  'gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|ffct|imt)-[\\w.-]{16,}', // GitLab
  'xox[a-z](?:\\.xox[a-z])?-[\\w-]{8,}', // Slack
  'xapp-[\\w-]{8,}',
  '[prs]k_(?:live|test)_\\w{8,}', // Stripe
  'whsec_[\\w+/=]{8,}',
  'AIza[\\w-]{30,}', // Google
  'ya29\\.[\\w-]{16,}',
  'GOCSPX-[\\w-]{16,}',
  'npm_\\w{30,}',
  'pypi-[\\w-]{30,}',
  'rubygems_[0-9a-f]{30,}',
  'hf_[A-Za-z0-9]{20,}', // Hugging Face
  'hv[brs]\\.[\\w-]{16,}', // Vault
  's\\.[A-Za-z0-9]{24}\\b',
  '[\\w-]{8,40}\\.atlasv1\\.[\\w-]{20,}', // Terraform
  'do[opr]_v1_[0-9a-f]{20,}', // DigitalOcean
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}', // SendGrid
  'key-[0-9a-f]{32}\\b', // Mailgun
  'shp(?:at|ss|ca|pa)_[0-9a-fA-F]{20,}', // Shopify
  'sk-(?:(?:ant|proj|svcacct|or)-[\\w-]{16,}|[A-Za-z0-9]{20,})', // OpenAI, Anthropic
  'AGE-SECRET-KEY-1[A-Z0-9]{20,}',
  'PMAK-[0-9a-f-]{20,}', // Postman
  'lin_api_\\w{20,}',
  'NRAK-[A-Z0-9]{20,}', // New Relic
  'glsa_\\w{20,}', // Grafana
  'glc_[\\w+/=]{20,}',
  'dapi[0-9a-f]{32}', // Databricks
  'dckr_(?:pat|oat)_[\\w-]{20,}', // Docker
  'dp\\.(?:pt|st|ct|sa)\\.[\\w.]{20,}', // Doppler
  'pul-[0-9a-f]{40}', // Pulumi
  'tskey-[\\w-]{16,}', // Tailscale
  'sq0(?:atp|csp)-[\\w-]{20,}', // Square
  'EAAA[\\w-]{40,}',
  'figd_[\\w-]{20,}',
  'ntn_\\w{30,}',
  'sntry[su]_[\\w+/=]{20,}',
  'sha256~[\\w-]{30,}', // OpenShift
  'K10[0-9a-f]{40,}::[\\w:.-]+', // k3s and rke2
  '[a-z0-9]{6}\\.(?=[a-z]{0,15}\\d)[a-z0-9]{16}\\b', // kubeadm
  '\\d{8,10}:[\\w-]{35}\\b', // Telegram
  '[MNO][\\w-]{23,25}\\.[\\w-]{6}\\.[\\w-]{27,}', // Discord
  'eyJ[\\w+/=.-]{20,}', // JSON web tokens, and other base64 of {"
  'LS0tLS1CRUdJ[\\w+/=]{20,}', // base64 of -----BEGIN
  'Private-Lines: \\d{1,3}(?:\\s+[\\w+/=]{40,})*', // PuTTY
  // What passwords are stored as.
  '\\$(?:[1567y]|2[abxy]?|gy|apr1|argon2[a-z]{0,2})\\$[\\w./$,=+-]{8,}',
  '\\{S?(?:MD5|SHA)(?:256|384|512)?\\}[\\w+/=]{16,}',
  'grub\\.pbkdf2\\.sha512\\.[\\w.]{20,}',
  'SCRAM-SHA-(?:1|256)\\$[\\w:$+/=]{20,}',
]
const token = new RegExp(`(?<![\\w.~+/-])(?:${tokens.join('|')})`, 'g')

// A block without its end goes as far as it looks like one.
const privateKey =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----(?:[\w+/=\s:,.\\]|-(?!----END))*(?:-----END [A-Z0-9 ]{0,60}-----)?/g
// ://user:secret@host, also where the secret holds a slash
const userOfUrl = /(:\/\/)(?:[^\s/@"'<>]{0,500}|[^\s/:@]{0,200}:[^\s@"'<>]{1,500})@/gi
const webhook =
  /(:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/|:\/\/discord(?:app)?\.com\/api\/webhooks\/|\.webhook\.office\.com\/webhookb2\/|:\/\/api\.telegram\.org\/bot)[^\s"'<>]{1,1000}/gi
const header =
  /(\bauthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:bearer|basic|token|digest|negotiate|apikey)\s{1,4})?)[^\s"',;]{4,4000}/gi
// <password>X</password>
const element = /(<(?:password|passwd|secret|token|apikey)>)[^<>]{1,2000}/gi
// node.session.auth.password = X; "client_secret": "X"; X-Amz-Signature=X. The name ends where the sign begins.
const assignment =
  /((?:passw(?:or)?d|passphrase|(?:_|\b)pass|(?:_|\b)pwd|secret|token|api[-_]?key|access[-_]?key(?:[-_]?id)?|account[-_]?key|private[-_]?key|secret[-_]?key|encryption[-_]?key|signature|\bsig|\bpsk|credentials?|\b_auth|\bcookie)["']?\s{0,8}[:=]>?\s{0,8})("[^"\n]{1,2000}"|'[^'\n]{1,2000}'|["']?[^\s"',;&}]{1,4000})/gi

const isHarmless = (value: string): boolean =>
  /^["']?(?:yes|no|true|false|on|off|none|null|nil|required|requisite|sufficient|optional|enabled?|disabled?|unset|default|\d{1,3}|[<[({$%].*|\*+)["']?$/i.test(
    value,
  )

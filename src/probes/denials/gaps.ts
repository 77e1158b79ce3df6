/** Why a log of denials is not whole, and what would make the next one so. */
export interface Gap {
  readonly why: string
  readonly next?: string
}

/** Several as one: each reason, each next step once. */
export const asOneGap = (gaps: readonly Gap[]): Gap => {
  const next = [...new Set(gaps.map(gap => gap.next).filter(step => step !== undefined))]
  return {
    why: gaps.map(({ why }) => why).join('; '),
    ...(next.length > 0 ? { next: next.join(' ') } : {}),
  }
}

const begin = 'start auditd (`systemctl enable --now auditd`)'
// Only where it changes nothing: a policy that waits for the next boot would be in effect at once.
const anew =
  'Then a boot, or `load_policy` where the policy installed is the one loaded (it loads what is installed), begins anew: what is still refused is seen again.'

/** What helps, by what is the matter. */
export const nextSteps = {
  wrapped: `Denials are only in the kernel’s ring buffer there, which keeps the newest lines: ${begin}, so that they are kept. ${anew}`,
  lost: `Make room for bursts (\`auditctl -b 8192\`, and -b 8192 in /etc/audit/rules.d for the next boot), take a rate limit away (\`auditctl -r 0\`, and in the same files), and see by \`aureport --summary\` what brings the flood. Set the count back (\`auditctl --reset-lost\`). ${anew}`,
  stopped: `Find out why auditd ended (\`journalctl -u auditd\`), and ${begin}. ${anew}`,
  rotated:
    'Keep more of the log (num_logs and max_log_file in /etc/audit/auditd.conf; `service auditd reload`), or look more often.',
  off: `Switch auditing on (\`auditctl -e 1\`; audit=0 on the kernel’s command line switches it off at boot). ${anew}`,
  excluded:
    'Take the rule away (it stands below /etc/audit/rules.d; `augenrules --load`), or accept that what it leaves out is not seen.',
} as const

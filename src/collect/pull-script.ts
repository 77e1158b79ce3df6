import { shellQuote } from '../probes/fragment.ts'

/**
 * Sends one file, gzipped where the node can: a line with the marker and `gzip` or `plain`, then its bytes. The kernel lets only
 * one reader at a time open its policy (EBUSY for the next one), so opening is tried for some seconds; once it is open there is
 * no second try, as bytes have gone out.
 */
export const pullScript = (marker: string, path: string): string => `m=${marker}
LC_ALL=C; export LC_ALL
p=\${R:-}${shellQuote(path)}
if command -v gzip >/dev/null 2>&1; then w=gzip; z='gzip -c'; else w=plain; z=cat; fi
for i in 1 2 3 4 5 6 7 8 9 10; do
  { printf '%s %s\\n' "$m" "$w"; $z; exit $?; } <"$p"
  [ -r "$p" ] || exit 3
  sleep 1
done
exit 4
`

/**
 * Folds node names as ClusterShell does: `worker-02, worker-04, worker-05` → `worker-[02,04-05]`. Only the last run of
 * digits is folded, zero padding is kept, and names that stand alone stay as they are.
 */
export const foldNames = (names: readonly string[]): string => {
  const groups = new Map<
    string,
    { readonly prefix: string; readonly suffix: string; readonly digits: string[] }
  >()
  // Where 02 is, 10 has its width and is of its family.
  const padded = new Set(
    names.flatMap(name => {
      const [, prefix = '', digits = '', suffix = ''] = trailing.exec(name) ?? []
      return digits.length > 1 && digits.startsWith('0') ? [`${prefix}\n${suffix}\n${digits.length}`] : []
    }),
  )
  for (const name of new Set(names)) {
    const match = trailing.exec(name)
    const [, prefix = name, digits, suffix = ''] = match ?? []
    // Numbers of different padding are different families: 7 and 07 are two names.
    const isPadded = digits !== undefined && padded.has(`${prefix}\n${suffix}\n${digits.length}`)
    const key =
      digits === undefined ? `=${name}` : `${prefix}\n${suffix}\n${isPadded ? digits.length : 'plain'}`
    const group = groups.get(key) ?? { prefix, suffix, digits: [] }
    if (digits !== undefined) group.digits.push(digits)
    groups.set(key, group)
  }
  return [...groups.values()]
    .map(
      ({ prefix, suffix, digits }) =>
        prefix + (digits.length > 1 ? `[${foldDigits(digits)}]` : (digits[0] ?? '')) + suffix,
    )
    .toSorted(byNumberedName)
    .join(', ')
}

/** The order of names of nodes: worker-9 before worker-10. */
export const byNumberedName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

const trailing = /^(.*?)(\d{1,9})(\D*)$/su

const foldDigits = (digits: readonly string[]): string => {
  const sorted = digits.toSorted((a, b) => Number(a) - Number(b))
  const runs: string[][] = []
  for (const one of sorted) {
    const last = runs.at(-1)
    // Padded and plain numbers of one width follow each other; 9 → 10 does too.
    if (last && Number(one) === Number(last.at(-1)) + 1) last.push(one)
    else runs.push([one])
  }
  return runs
    .map(run => (run.length === 1 ? (run[0] ?? '') : `${run[0] ?? ''}-${run.at(-1) ?? ''}`))
    .join(',')
}

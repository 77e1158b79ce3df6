import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/*
 * The script’s questions without what limits each of them: a process group, a time limit, a limit of bytes. That takes two thirds of the
 * processes, and is tested by itself in seven shells (collect/script.test.ts) and over SSH; tests of judgement ask hundreds of nodes, and
 * put the question alone, in a subshell.
 */
const ask = String.raw`ask() {
  printf '\n%s begin %s\n' "$m" "$1"; printf '\n%s begin %s\n' "$m" "$1" >&2
  q=$P$5; (set --; eval "$q") </dev/null
  printf '\n#end %s\n\n%s end %s\n' "$?" "$m" "$1"; printf '\n%s end %s\n' "$m" "$1" >&2
}
`

/** A script as it is sent to a node, its questions light. */
export const lightScript = (script: string): string =>
  script.replace(/^n=; renice [^]*?^fi\n/m, '').replace(/^ask\(\) \{\n[^]*?\n\}\n/m, () => ask)

/*
 * A shell that has read a script to where it says hello has its own `ask`, and then gets this one: no process reads the script before it.
 * What it tries out before, to limit questions by, is not tried out.
 */
const light = `renice() { return 0; }
setsid() { return 1; }
timeout() { return 1; }
printf() {
unset -f printf renice setsid timeout
${ask}printf "$@"
}
`

/** Puts a `sh` into a folder of PATH that reads scripts so; what is in `tools` is in their PATH, too. */
export const linkLightShell = (folder: string, shell: string, tools?: string): void => {
  writeFileSync(join(folder, 'light'), light)
  rmSync(join(folder, 'sh'), { force: true })
  writeFileSync(
    join(folder, 'sh'),
    `#!${shell}
${tools === undefined ? '' : `PATH=$PATH:${tools}`}
case $1 in
-s) exec ${shell} -c '. ${join(folder, 'light')}; eval "$(cat)"';;
*) exec ${shell} "$@";;
esac
`,
    { mode: 0o755 },
  )
}

/** For the tests of a file: what looks for `sh` in PATH finds one that reads scripts so. */
export const useLightShell = (): void => {
  const path = process.env['PATH'] ?? '/usr/bin:/bin'
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-light-'))
    linkLightShell(folder, '/bin/sh')
    process.env['PATH'] = `${folder}:${path}`
  })
  after(() => {
    process.env['PATH'] = path
    rmSync(folder, { recursive: true, force: true })
  })
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A place for the control sockets of OpenSSH clients, that others cannot reach into. */
export interface Den {
  /** A path for one socket. */
  readonly socket: string
  /** The process group of this leader ends when this process does, however it ends. */
  guard(pid: number): void
  /** The group has ended and the socket is gone. */
  leave(): void
}

/** One private folder for all sockets that there are at a time; gone with the last of them. */
export const dens = (): (() => Den) => {
  let open: { readonly folder: string; readonly keeper: Keeper; count: number; made: number } | undefined
  return () => {
    const own = (open ??= newFolder())
    own.count++
    let guarded: number | undefined
    return {
      socket: join(own.folder, String(++own.made)),
      guard: pid => {
        guarded = pid
        own.keeper.tell(`+ ${pid}`)
      },
      leave: () => {
        if (guarded !== undefined) own.keeper.tell(`- ${guarded}`)
        if (--own.count > 0) return
        open = undefined
        rmSync(own.folder, { recursive: true, force: true })
        own.keeper.end()
      },
    }
  }
}

const newFolder = () => {
  const folder = madeFolder()
  return { folder, keeper: keeperOf(folder), count: 0, made: 0 }
}

// 0700, whatever the umask.
const madeFolder = (): string => {
  try {
    return mkdtempSync(join(base(), 'sefleet-'))
  } catch {
    return mkdtempSync('/tmp/sefleet-')
  }
}

// A socket’s path has 103 bytes at most (macOS); ssh binds it under a name that is 17 longer, and ours are 22 below the base.
const base = (): string => (Buffer.byteLength(tmpdir()) <= 60 ? tmpdir() : '/tmp')

interface Keeper {
  readonly tell: (line: string) => void
  readonly end: () => void
}

/**
 * A shell that outlives us by a moment: when its stdin ends, because we are done or were killed, it ends the groups that are
 * left and removes the folder. OpenSSH’s masters lead sessions of their own and would stay.
 */
const keeperOf = (folder: string): Keeper => {
  const child = startKeeper(folder)
  if (!child?.stdin) return { tell: () => undefined, end: () => undefined }
  child.on('error', () => undefined)
  child.unref()
  const { stdin } = child
  stdin.on('error', () => undefined)
  // Neither shall it keep us alive.
  if (stdin instanceof Socket) stdin.unref()
  return { tell: line => stdin.write(`${line}\n`), end: () => stdin.end() }
}

const startKeeper = (folder: string): ChildProcess | undefined => {
  try {
    return spawn('/bin/sh', ['-c', keeperScript, 'sefleet-keeper', folder], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  } catch {
    return undefined // the sockets do without, unless we are killed
  }
}

const keeperScript = `trap '' INT TERM HUP
all=' '
while read -r sign pid; do
  case $sign in
    +) all="$all$pid " ;;
    -) case $all in *" $pid "*) all="\${all%% "$pid" *} \${all#* "$pid" }" ;; esac ;;
  esac
done
for pid in $all; do kill -s TERM -- "-$pid"; done
case $all in *[0-9]*) sleep 1 ;; esac
for pid in $all; do kill -s KILL -- "-$pid"; done
rm -rf -- "$1"`

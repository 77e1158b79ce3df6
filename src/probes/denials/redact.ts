import { redacted } from '../redact.ts'

/** Takes out of one line what must not be stored: other processes' command lines and the arguments of a system call. */
export const redactLine = (line: string): string =>
  isSyscall.test(line) ? withoutArguments(line) : withoutCommandLine(line)

const isSyscall =
  /^(?:node=[^ ]* )?type=SYSCALL |^(?:[^ ]+ [^ ]+ kernel: |[^a-z]*)(?:audit: )?type=1300 |^[^ ]+ [^ ]+ audit[^ ]*: SYSCALL /

// The node has done so already; this does not depend on its awk.
const withoutArguments = (line: string): string =>
  line
    .split(' ')
    .filter(word => !word.includes('=') || /^(?:node|type|msg|success|auid|tty|ses|comm|exe)=/.test(word))
    .join(' ')

// systemd's USER_AVC quotes the asking process's command line; argv of other processes is not stored.
const withoutCommandLine = (line: string): string => {
  const start = line.indexOf(' cmdline=')
  if (start < 0) return line
  const end = line.lastIndexOf(' scontext=')
  return `${line.slice(0, start)} cmdline="${redacted}"${end > start ? line.slice(end) : ''}`
}

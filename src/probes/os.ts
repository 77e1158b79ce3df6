import type { Probe } from '../model/probe.ts'
import { isPhrase, isWord, optionalMoment } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { fieldsOf, valueOf } from './parse.ts'

/** Operating system, kernel, boot time: what peer groups and advice depend on. */
export const os: Probe<'os'> = {
  name: 'os',
  cost: 'cheap',
  fragment: () => `f=/etc/os-release; [ -e "$R$f" ] || f=/usr/lib/os-release
[ -f "$R$f" ] && [ -r "$R$f" ] && while IFS= read -r x || [ -n "$x" ]; do case $x in ID=*|ID_LIKE=*|VERSION_ID=*|PRETTY_NAME=*) printf '%.4096s\\n' "$x";; esac; done <"$R$f"
set -f; set -- $(uname -nrm); set +f; printf 'host=%s\\nkernel=%s\\nmachine=%s\\n' "$1" "$2" "$3"
[ -e "$R/run/ostree-booted" ] && echo ostree=yes
[ -d "$R/etc/machine-config-daemon" ] && echo machineconfig=yes
# of what is mounted over the root, the last
sed -n -e 's/^btime /booted=/p' -e 's|^[0-9]* [0-9]* [^ ]* [^ ]* / \\([^ ]*\\) .*|root=\\1|' -e '/^root=/h' -e '\${x;/^root=/p;}' "$R/proc/stat" "$R/proc/self/mountinfo" 2>/dev/null
show bootid /proc/sys/kernel/random/boot_id
show machineid /etc/machine-id`,
  byHand: () => 'cat /etc/os-release; uname -r',
  // ID=fedora / VERSION_ID=39 / PRETTY_NAME="Fedora Linux 39 (Server Edition)"
  parse: ({ stdout }) => {
    const fields = fieldsOf(stdout)
    const kernel = valueOf(fields, 'kernel')
    const id = unquote(valueOf(fields, 'ID'))
    if (!kernel || !id) return unreadable('nonsense', 'no ID= in os-release or no kernel release')
    const bootedAt = optionalMoment(valueOf(fields, 'booted'))
    if (bootedAt === 'nonsense') return unreadable('nonsense', 'a time of boot that can be none')
    const bootId = valueOf(fields, 'bootid')
    const machineId = valueOf(fields, 'machineid')
    const like = unquote(valueOf(fields, 'ID_LIKE')).split(/\s+/).filter(isId).slice(0, mostLike)
    const root = valueOf(fields, 'root')
    const versionId = unquote(valueOf(fields, 'VERSION_ID'))
    const name = unquote(valueOf(fields, 'PRETTY_NAME')) || id
    const [architecture, hostname] = [valueOf(fields, 'machine') ?? '', valueOf(fields, 'host') ?? '']
    const words = [id, kernel, versionId, architecture, hostname, bootId, machineId]
    if (!isPhrase(name, 255) || !words.every(word => !word || isWord(word)))
      return unreadable('nonsense', 'a name or version that can be none')
    return read(
      {
        id,
        versionId,
        name,
        kernel,
        architecture,
        hostname,
        ...(bootedAt === 'none' ? {} : { bootedAt }),
        ...(bootId ? { bootId } : {}),
        ...(machineId ? { machineId } : {}),
        ...(valueOf(fields, 'ostree') === 'yes' ? { ostree: true } : {}),
        ...(like.length > 0 ? { like } : {}),
        ...(root === undefined ? {} : { readOnlyRoot: root.split(',').includes('ro') }),
        ...(valueOf(fields, 'machineconfig') === 'yes' ? { machineConfig: true } : {}),
      },
      '/etc/os-release, uname, /proc/stat',
    )
  },
}

// os-release(5): small letters, digits and `._-`; some write capitals all the same
const isId = (text: string): boolean => /^[\w.-]{1,60}$/.test(text)
const mostLike = 8

// os-release(5): values may be in single or double quotes
const unquote = (value: string | undefined): string => (value ?? '').replace(/^(["'])(.*)\1$/s, '$2')

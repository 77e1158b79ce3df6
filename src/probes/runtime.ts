import type { RuntimeSwitches } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { read, unreadable } from '../model/reading.ts'
import { linesOf } from './parse.ts'

/**
 * The single keys that decide whether the container runtime labels its containers: containerd `enable_selinux`,
 * k3s and rke2 `selinux`, CRI-O `selinux`, docker `selinux-enabled`. Root: k3s' agent folder is 0700, and a file
 * that cannot be seen is not a file that is absent. `grep -o`: what stands beside the key stays on the node.
 */
export const runtime: Probe<'runtime'> = {
  name: 'runtime',
  cost: 'cheap',
  fragment: () => `root
k() { for f in "$R"$1; do [ -r "$f" ] && [ -f "$f" ] || continue; echo "file	\${f#"$R"}"; grep -oE "$2" "$f" 2>/dev/null | tail -n 3 | tr '\\t' ' ' | head -c 2000 | while IFS= read -r v; do printf 'key\\t%s\\t%s\\n' "\${f#"$R"}" "$v"; done; done; }
e='[[:space:]]*=[[:space:]]*"?[A-Za-z]+'
t="^[[:space:]]*enable_selinux$e"
y='^"?selinux"?[[:space:]]*:[[:space:]]*"?[A-Za-z]+'
k '/etc/containerd/config.toml' "$t"
k '/etc/containerd/conf.d/*.toml' "$t"
k '/var/lib/rancher/k3s/agent/etc/containerd/config.toml' "$t"
k '/var/lib/rancher/rke2/agent/etc/containerd/config.toml' "$t"
k '/etc/rancher/k3s/config.yaml' "$y"
k '/etc/rancher/k3s/config.yaml.d/*.yaml' "$y"
k '/etc/rancher/rke2/config.yaml' "$y"
k '/etc/rancher/rke2/config.yaml.d/*.yaml' "$y"
k '/etc/crio/crio.conf' "^[[:space:]]*selinux$e"
k '/etc/crio/crio.conf.d/*.conf' "^[[:space:]]*selinux$e"
k '/etc/docker/daemon.json' '"selinux-enabled"[[:space:]]*:[[:space:]]*[a-z]+'
echo "#looked"`,
  byHand: () =>
    'grep -rs enable_selinux /etc/containerd /var/lib/rancher/*/agent/etc/containerd; grep -s ^selinux: /etc/rancher/*/config.yaml',
  parse: ({ stdout }) => {
    const lines = linesOf(stdout)
    if (!lines.includes('#looked'))
      return unreadable('nonsense', 'the look for runtime configuration did not end')
    const names = lines.map(line => /^file\t(.+)$/.exec(line)?.[1]).filter(name => name !== undefined)
    const switches = lines
      .map(line => /^key\t([^\t]+)\t\s*"?([\w-]+)"?\s*[=:]\s*"?(\w+)"?/.exec(line))
      .filter(match => match !== null)
      .map(([, file = '', key = '', value = '']) => ({ file, key, value: value.toLowerCase() }))
    return read<RuntimeSwitches>({ files: names, switches }, 'configuration files')
  },
}

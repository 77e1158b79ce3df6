import type { RuntimeSwitches } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { read, unreadable } from '../model/reading.ts'
import { linesOf } from './parse.ts'

/**
 * The single keys that decide whether the container runtime labels its containers: containerd `enable_selinux`,
 * k3s and rke2 `selinux`, CRI-O `selinux`, docker `selinux-enabled`, in every file that the runtime reads, in its order, and on
 * its command line. Root: k3s' agent folder is 0700, and a file that cannot be seen is not a file that is absent. `grep -o` and
 * `sed -n`: what stands beside the key stays on the node. CRI-O reads every file of its folder, whatever its ending.
 */
export const runtime: Probe<'runtime'> = {
  name: 'runtime',
  cost: 'cheap',
  fragment: () => `root
k() { for f in "$R"$1; do [ -r "$f" ] && [ -f "$f" ] || continue; echo "file	\${f#"$R"}"; grep -oE "$2" "$f" 2>/dev/null | tail -n 3 | tr '\\t' ' ' | head -c 2000 | while IFS= read -r v; do printf 'key\\t%s\\t%s\\n' "\${f#"$R"}" "$v"; done; done; }
e='[[:space:]]*=[[:space:]]*"?[A-Za-z]+'
t="^[[:space:]]*enable_selinux$e"
y='^"?selinux"?[[:space:]]*:[[:space:]]*"?[A-Za-z]+'
# a file, and what it imports: imports = ["/etc/containerd/conf.d/*.toml"]
c() { k "$1" "$t"; [ -r "$R$1" ] && grep -q '^[[:space:]]*imports' "$R$1" 2>/dev/null && sed -n '/^[[:space:]]*imports[[:space:]]*=/,/\\]/p' "$R$1" 2>/dev/null | head -c 4000 | grep -oE "[\\"'][A-Za-z0-9_./*-]+[\\"']" | head -n 10 | tr -d "\\"'" | while IFS= read -r g; do
  case $g in *..*) continue;; /*) ;; *) g=\${1%/*}/$g;; esac; k "$g" "$t"
done; }
c /etc/containerd/config.toml
k '/etc/containerd/conf.d/*.toml' "$t"
c /var/lib/rancher/k3s/agent/etc/containerd/config.toml
c /var/lib/rancher/rke2/agent/etc/containerd/config.toml
c /etc/k0s/containerd.toml
k '/etc/k0s/containerd.d/*.toml' "$t"
k /run/k0s/containerd-cri.toml "$t"
k /var/snap/microk8s/current/args/containerd-template.toml "$t"
k /var/snap/microk8s/current/args/containerd.toml "$t"
k '/etc/rancher/k3s/config.yaml' "$y"
k '/etc/rancher/k3s/config.yaml.d/*.yaml' "$y"
k '/etc/rancher/rke2/config.yaml' "$y"
k '/etc/rancher/rke2/config.yaml.d/*.yaml' "$y"
k '/etc/crio/crio.conf' "^[[:space:]]*selinux$e"
k '/etc/crio/crio.conf.d/*' "^[[:space:]]*selinux$e"
k '/etc/docker/daemon.json' '"selinux-enabled"[[:space:]]*:[[:space:]]*[a-z]+'
ps -ewwo args= 2>/dev/null | sed -nE 's#^(.*[ /])?(dockerd-current|dockerd|crio|k3s|rke2)( .*)? --(selinux(-enabled)?)(=(true|false))?( .*)?$#key	argv of \\2	\\4=\\7#p' | head -n 5
echo "#looked"`,
  byHand: () =>
    'grep -rs enable_selinux /etc/containerd /var/lib/rancher/*/agent/etc/containerd; grep -s ^selinux: /etc/rancher/*/config.yaml',
  parse: ({ stdout }) => {
    const lines = linesOf(stdout)
    if (!lines.includes('#looked'))
      return unreadable('nonsense', 'the look for runtime configuration did not end')
    const names = lines.map(line => /^file\t(.+)$/.exec(line)?.[1]).filter(name => name !== undefined)
    const switches = lines
      .map(line => /^key\t([^\t]+)\t\s*"?([\w-]+)"?\s*[=:]\s*"?(\w*)"?/.exec(line))
      .filter(match => match !== null)
      .map(([, file = '', key = '', value = '']) => ({ file, key, value: value.toLowerCase() || 'true' }))
    return read<RuntimeSwitches>({ files: names, switches }, 'configuration files')
  },
}

#!/bin/sh
# Compiles the lab's policies with secilc (Debian: secilc). The kernel writes a policy in another order than the one it was
# installed in; so here the loaded one is compiled from the same files in another order.
set -eu
cd "$(dirname "$0")"
make() { # NAME FILE...
  name=$1; shift
  secilc -M true -c 33 -o "$name.installed" -f /dev/null "$@"
  reversed=
  for file; do reversed="$file $reversed"; done
  secilc -M true -c 33 -o "$name.loaded" -f /dev/null $reversed
}
make healthy base.cil daemons.cil containers.cil file-transition.cil
make longhorn-5348 base.cil daemons.cil containers.cil
make longhorn-5627 base.cil daemons.cil containers.cil file-transition.cil spc-as-initrc.cil
make without-containers base.cil daemons.cil
make permissive-spc base.cil daemons.cil containers.cil file-transition.cil permissive-spc.cil

# The boolean is off, as it is shipped, and gates directories and links too.
base=$(mktemp)
trap 'rm -f "$base"' EXIT
sed 's/(boolean virt_use_nfs true)/(boolean virt_use_nfs false)/' base.cil >"$base"
make nfs-boolean "$base" daemons.cil containers.cil file-transition.cil nfs-boolean.cil

"""Asks libsepol, by Debian's python3-selinux, why accesses are denied: `audit2why-oracle.py POLICY`.

A request is a JSON list on a line of stdin: source context, target context, class, permission. The answer is a JSON list on a line
of stdout: the name of the reason, and the booleans that would help, by name and needed state.
"""
import json
import sys

from selinux import audit2why

names = {getattr(audit2why, name): name for name in dir(audit2why) if name.isupper()}
audit2why.init(sys.argv[1])
for line in sys.stdin:
    source, target, tclass, permission = json.loads(line)
    reason, data = audit2why.analyze(source, target, tclass, [permission])
    booleans = data if names[reason] == "BOOLEAN" else []
    print(json.dumps([names[reason], booleans]), flush=True)

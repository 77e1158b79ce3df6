"""Runs Debian's own sesearch and seinfo in one process, each policy loaded once.

A request is a JSON list on a line of stdin: the command's name, then its words. The answer is a JSON object on a line of
stdout: {"out": what the command printed, "status": its exit status}.
"""
import contextlib
import io
import json
import sys

import setools

loaded = {}


class Cached(setools.SELinuxPolicy):
    """Rules are turned into Python objects once, not at each query."""

    def terules(self):
        if not hasattr(self, "kept"):
            self.kept = list(super().terules())
        return iter(self.kept)


def load(path):
    if path not in loaded:
        if len(loaded) > 3:
            loaded.clear()
        loaded[path] = Cached(path)
    return loaded[path]


setools.SELinuxPolicy = load
programs = {}
for name in ("sesearch", "seinfo"):
    with open(f"/usr/bin/{name}") as file:
        programs[name] = compile(file.read(), name, "exec")

for line in sys.stdin:
    words = json.loads(line)
    sys.argv = words
    out, status = io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            exec(programs[words[0]], {"__name__": "__main__"})
        except SystemExit as end:
            status = end.code or 0
    print(json.dumps({"out": out.getvalue(), "status": status}), flush=True)

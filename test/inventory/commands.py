"""Ansible's own commands, many in one process: JSON [["inventory", "--list"], ...] on stdin, what each printed as JSON on stdout."""
import importlib
import json
import os
import sys
import tempfile

asked = json.load(sys.stdin)
# Importing is what takes the time; each command then runs in a process of its own, as it would.
mains = {name: importlib.import_module('ansible.cli.' + name).main for name, *_ in asked}
program = {'inventory': 'ansible-inventory', 'adhoc': 'ansible'}


def run(name, args):
    with tempfile.TemporaryFile() as out:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            sys.stdout = open(1, 'w', encoding='utf-8', closefd=False)
            sys.argv = [program[name], *args]
            try:
                mains[name](sys.argv)
                status = 0
            except SystemExit as end:
                status = end.code or 0
            sys.stdout.flush()
            os._exit(status if isinstance(status, int) else 1)
        _, status = os.waitpid(child, 0)
        if status != 0:
            sys.exit(f'{program[name]} {args} ended with {status}')
        out.seek(0)
        return out.read().decode()


json.dump([run(name, args) for name, *args in asked], sys.stdout)

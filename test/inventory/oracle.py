"""Ansible's own answers, many in one process: JSON cases on stdin, JSON answers on stdout (see oracle.ts)."""
import fnmatch
import json
import math
import os
import re
import sys
import tempfile

os.environ['ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED'] = 'True'
os.environ['ANSIBLE_LOCALHOST_WARNING'] = 'False'
empty = tempfile.NamedTemporaryFile(suffix='.cfg')  # no ansible.cfg of this machine may have a say
os.environ['ANSIBLE_CONFIG'] = empty.name

from ansible.inventory.manager import InventoryManager, split_host_pattern  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.parsing.utils.addresses import parse_address  # noqa: E402
from ansible.plugins.inventory import expand_hostname_range  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402


def inventory(case):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in case['files'].items():
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
                file.write(text)
        os.chdir(folder)
        loader = DataLoader()
        try:
            manager = InventoryManager(loader=loader, sources=case['sources'])
        except Exception as error:  # whatever Ansible throws: the inventory is refused
            return {'error': str(error)}
        variables = VariableManager(loader=loader, inventory=manager)
        magic = ('inventory_', 'group_names', 'groups', 'omit', 'playbook_dir', 'ansible_version', 'ansible_playbook_python',
                 'ansible_config_file', 'ansible_check_mode', 'ansible_diff_mode', 'ansible_verbosity', 'ansible_facts')
        return {
            'groups': {name: [host.name for host in group.get_hosts()] for name, group in manager.groups.items()},
            'hosts': {
                name: {
                    'groups': sorted(group.name for group in host.get_groups()),
                    'variables': {
                        key: str(value) if isinstance(value, float) and not math.isfinite(value) else value
                        for key, value in variables.get_vars(host=host, include_hostvars=False).items()
                        if not key.startswith(magic)
                    },
                }
                for name, host in manager.hosts.items()
            },
            'limits': [limited(manager, limit) for limit in case.get('limits', [])],
            'patterns': [listed(manager, pattern) for pattern in case.get('patterns', [])],
        }


def limited(manager, limit):
    try:
        manager.subset(limit)
        return [str(name) for name in manager.list_hosts('all')]
    except Exception as error:
        return {'error': str(error)}
    finally:
        manager.subset(None)


def listed(manager, pattern):
    try:
        return [str(name) for name in manager.list_hosts(pattern)]
    except Exception as error:
        return {'error': str(error)}


def attempt(function, *arguments, **options):
    try:
        return function(*arguments, **options)
    except Exception as error:
        return {'error': str(error)}


answers = {
    'inventory': inventory,
    'address': lambda case: attempt(parse_address, case['text'], allow_ranges=case['ranges']),
    'range': lambda case: attempt(expand_hostname_range, case['text']),
    'split': lambda case: attempt(split_host_pattern, case['text']),
    'glob': lambda case: bool(re.compile(fnmatch.translate(case['pattern'])).match(case['text'])),
}
json.dump([answers[case['ask']](case) for case in json.load(sys.stdin)], sys.stdout, default=str)

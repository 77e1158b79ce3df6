"""Ansible's own answers, many in one process: JSON cases on stdin, JSON answers on stdout (see oracle.ts)."""
import ast
import fnmatch
import json
import math
import os
import re
import shlex
import sys
import tempfile
import warnings

os.environ['ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED'] = 'True'
os.environ['ANSIBLE_LOCALHOST_WARNING'] = 'False'
empty = tempfile.NamedTemporaryFile(suffix='.cfg')  # no ansible.cfg of this machine may have a say
os.environ['ANSIBLE_CONFIG'] = empty.name

from ansible.inventory.manager import InventoryManager, split_host_pattern  # noqa: E402
from ansible.module_utils._text import to_text  # noqa: E402
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


def literal(text):
    """None where Ansible keeps the text, else JSON as text: objects sorted by key, sets in the order written."""
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    source = text.lstrip(' \t')
    return written(ast.parse(source, mode='eval').body, source)


def written(node, source):
    if isinstance(node, (ast.List, ast.Tuple)):
        return '[' + ', '.join(written(item, source) for item in node.elts) + ']'
    if isinstance(node, ast.Set):
        firsts = {}
        for item in node.elts:
            firsts.setdefault(ast.literal_eval(item), written(item, source))
        return '[' + ', '.join(firsts.values()) + ']'
    if isinstance(node, ast.Dict):
        pairs = {}
        for key, item in zip(node.keys, node.values):
            name = ast.literal_eval(key)
            first = pairs.get(name, (written(key, source),))[0]
            pairs[name] = (first, written(item, source))
        texts = [(key if key.startswith('"') else json.dumps(key), item) for key, item in pairs.values()]
        return '{' + ', '.join(f'{key}: {item}' for key, item in sorted(texts, key=lambda pair: json.loads(pair[0]))) + '}'
    if isinstance(node, ast.Call):
        return '[]'
    value = ast.literal_eval(node)
    if isinstance(value, bytes):
        return json.dumps(to_text(value, errors='surrogate_or_strict'))
    if value is Ellipsis or isinstance(value, complex):
        return json.dumps(ast.get_source_segment(source, node))
    return json.dumps(value)


answers = {
    'inventory': inventory,
    'address': lambda case: attempt(parse_address, case['text'], allow_ranges=case['ranges']),
    'range': lambda case: attempt(expand_hostname_range, case['text']),
    'split': lambda case: attempt(split_host_pattern, case['text']),
    'literal': lambda case: attempt(literal, case['text']),
    'shlex': lambda case: attempt(shlex.split, case['text'], comments=True),
    'glob': lambda case: bool(re.compile(fnmatch.translate(case['pattern'])).match(case['text'])),
}
warnings.simplefilter('ignore')  # of escapes that Python does not know
json.dump([answers[case['ask']](case) for case in json.load(sys.stdin)], sys.stdout, default=str)

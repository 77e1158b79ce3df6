"""Ansible's own answers, many in one process: JSON cases on stdin, JSON answers on stdout (see oracle.ts)."""
import ast
import fnmatch
import json
import os
import re
import shlex
import sys
import tempfile
import warnings

for name in [name for name in os.environ if name.startswith('ANSIBLE_')]:
    del os.environ[name]  # nor may this shell
os.environ['ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED'] = 'True'
os.environ['ANSIBLE_LOCALHOST_WARNING'] = 'False'
empty = tempfile.NamedTemporaryFile(suffix='.cfg')  # no ansible.cfg of this machine may have a say
os.environ['ANSIBLE_CONFIG'] = empty.name

from ansible.inventory.manager import InventoryManager, split_host_pattern  # noqa: E402
from ansible.module_utils._text import to_text  # noqa: E402
from ansible.parsing.ajson import AnsibleJSONEncoder  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.parsing.utils.addresses import parse_address  # noqa: E402
from ansible.plugins.inventory import expand_hostname_range  # noqa: E402
from ansible.utils.path import unfrackpath  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402


# What Ansible itself adds to the variables of every host.
magic = {
    'inventory_hostname', 'inventory_hostname_short', 'inventory_file', 'inventory_dir', 'group_names', 'groups',
    'omit', 'playbook_dir', 'ansible_version', 'ansible_playbook_python', 'ansible_config_file', 'ansible_check_mode',
    'ansible_diff_mode', 'ansible_verbosity', 'ansible_facts',
}


def inventory(case):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in case['files'].items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8', newline='') as file:
                file.write(text)
            os.chmod(path, 0o755 if name in case.get('executable', []) else 0o644)
        os.chdir(folder)
        loader = DataLoader()
        # As the command line does with -i: group_vars are looked for beside the absolute path.
        sources = [source if ',' in source else unfrackpath(source, follow=False) for source in case['sources']]
        try:
            manager = InventoryManager(loader=loader, sources=sources)
            variables = VariableManager(loader=loader, inventory=manager)
            hosts = {name: host_answer(variables, host) for name, host in manager.hosts.items()}
        except Exception as error:  # whatever Ansible throws: the inventory is refused
            return {'error': str(error)}
        answer = {
            'groups': {name: group_answer(group) for name, group in manager.groups.items()},
            'hosts': hosts,
            'limits': [limited(manager, limit) for limit in case.get('limits', [])],
            'patterns': [listed(manager, pattern) for pattern in case.get('patterns', [])],
        }
        os.chdir('/')
        return answer


def host_answer(variables, host):
    found = variables.get_vars(host=host, include_hostvars=False, stage='all')
    return {
        'groups': sorted(group.name for group in host.get_groups()),
        'variables': {key_text(key): value_text(value) for key, value in found.items() if key not in magic},
    }


def group_answer(group):
    return {
        'hosts': [host.name for host in group.get_hosts()],
        'own': [host.name for host in group.hosts],
        'children': [child.name for child in group.child_groups],
        'depth': group.depth,
        'priority': group.priority,
        'isOrdered': is_ordered(group),
    }


def is_ordered(group):
    """False where Ansible walks a Python set with two groups that both lead on: then chance decides about the order."""
    seen, wave = set(), {group.name: group}
    while wave:
        seen.update(wave)
        leading = [[child for child in one.child_groups if child.name not in seen] for one in wave.values()]
        if len([new for new in leading if new]) > 1:
            return False
        wave = {child.name: child for new in leading for child in new}
    return True


def key_text(key):
    if isinstance(key, str):
        return str(key)
    try:  # what JSON makes of a key that is no text
        return next(iter(json.loads(json.dumps({key: None}))))
    except TypeError:
        return str(key)


def value_text(value):
    """As ansible-inventory prints it. In a list, since the encoder sees unsafe texts only inside of something."""
    options = {'cls': AnsibleJSONEncoder, 'preprocess_unsafe': True, 'ensure_ascii': False}
    try:
        try:
            return json.dumps([value], sort_keys=True, **options)[1:-1]
        except TypeError:  # keys of several types have no order
            return json.dumps([value], sort_keys=False, **options)[1:-1]
    except Exception as error:
        return json.dumps({'error': str(error)})


def limited(manager, limit):
    try:
        manager.subset(limit)
        return listed(manager, 'all')
    except Exception as error:
        return {'error': str(error)}
    finally:
        manager.subset(None)


def listed(manager, pattern):
    try:
        return [str(name) for name in manager.list_hosts(pattern)]
    except Exception as error:
        return {'error': str(error)}
    finally:  # a localhost made up for one pattern must not be there for the next
        if manager._inventory.localhost is not None and manager._inventory.localhost.implicit:
            manager._inventory.localhost = None
            manager.clear_caches()


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

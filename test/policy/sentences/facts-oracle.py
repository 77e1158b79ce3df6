"""What setools itself finds in policies, for sentences about them to be held against.

A request is the path of a policy on a line of stdin; the answer is a JSON object on a line of stdout, whole and expanded. Nothing
of sefleet is used: a condition is a truth table over its booleans, sorted by name, the first being the lowest bit of the row.
"""
import json
import sys

import setools
from setools.exception import RuleNotConditional, RuleUseError, TERuleNoFilename


def meaning(rule):
    """The table of the condition and branch that a rule stands in, or None."""
    try:
        condition, branch = rule.conditional, rule.conditional_block
    except RuleNotConditional:
        return None
    names, rows = table_of(condition)
    return [names, "".join("1" if row == branch else "0" for row in rows)]


def table_of(condition):
    names = sorted(str(one) for one in condition.booleans)
    return names, [
        condition.evaluate(**{name: bool(row >> index & 1) for index, name in enumerate(names)})
        for row in range(2 ** len(names))
    ]


def types(one):
    return [str(each) for each in one.expand()]


def add(table, key, permission, way):
    ways = table.setdefault(key, {}).setdefault(permission, [])
    if way not in ways:
        ways.append(way)


def facts(path):
    policy = setools.SELinuxPolicy(path)
    direct, effective, transitions, conditions = {}, {}, {}, {}
    for rule in policy.terules():
        kind = str(rule.ruletype)
        if kind == "allow":
            way = meaning(rule)
            for permission in rule.perms:
                add(direct, f"{rule.source} {rule.target}:{rule.tclass}", str(permission), way)
                for source in types(rule.source):
                    for target in types(rule.target):
                        add(effective, f"{source} {target}:{rule.tclass}", str(permission), way)
        elif kind == "type_transition":
            try:
                name = rule.filename
            except (TERuleNoFilename, RuleUseError):
                name = ""
            for source in types(rule.source):
                for target in types(rule.target):
                    key = f"{source} {target}:{rule.tclass} {name}"
                    add(transitions, key, str(rule.default), meaning(rule))
    for condition in policy.conditionals():
        names, rows = table_of(condition)
        for branch in (True, False):
            bits = "".join("1" if row == branch else "0" for row in rows)
            conditions[f"[ {condition} ]:{branch}"] = [names, bits]
    return {
        "direct": direct,
        "effective": effective,
        "transitions": transitions,
        "conditions": conditions,
        "members": {str(one): types(one) for one in policy.typeattributes()},
        "types": [str(one) for one in policy.types()],
        "booleans": {str(one): bool(one.state) for one in policy.bools()},
        "permissive": [str(one) for one in policy.types() if one.ispermissive],
        "roles": {str(one): sorted(str(each) for each in one.types()) for one in policy.roles()},
        "ranges": {f"{one.source} {one.target}:{one.tclass}": str(one.default) for one in policy.mlsrules()},
    }


for line in sys.stdin:
    print(json.dumps(facts(line.strip())), flush=True)

#!/usr/bin/python3
"""validate.py SCHEMA PLAN...: holds plans against a JSON Schema, as an editor does; a line each, "ok" or what is wrong."""
import json
import sys
import tomllib

from jsonschema import Draft7Validator


def plain(value):
    """TOML's times are texts to a JSON Schema."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        errors = list(validator.iter_errors(plain(tomllib.load(file))))
    print("; ".join("/".join(map(str, e.path)) + ": " + e.message[:200] for e in errors) or "ok")

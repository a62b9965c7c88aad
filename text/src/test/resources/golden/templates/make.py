#!/usr/bin/env python3
"""Renders cases.txt with Python's jinja2 3.1.6, set up as Hugging Face transformers does it, into goldens.jsonl.

Run it in an environment that has jinja2 3.1.6 after changing cases.txt. A case is a template between lines of ===, with
the variables of the head of this file; the clock stands at 2026-01-02 03:04:05.
"""
import datetime, json
from pathlib import Path
from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

VARIABLES = {
    "s": "Hello, World", "t": "  two  words \n", "u": "Grüße 🙂 日本", "empty": "", "n": 42, "f": 2.5, "neg": -7,
    "yes": True, "no": False, "nil": None, "big": 123456789012345678901234567890, "tiny": 1e-07, "ten": 10.0,
    "xs": [3, 1, 2], "words": ["beta", "Alpha", "gamma", "alpha"], "nested": [[1, [2, 3]], {"k": [None, True, 1.5]}],
    "d": {"b": 2, "a": 1, "items": "shadow", "C": 3}, "html": "<b>\"x\" & 'y'</b>",
    "people": [{"name": "Ann", "age": 31, "city": {"zip": "10"}}, {"name": "bob", "age": 25, "city": {"zip": "20"}},
               {"name": "Cid", "age": 31, "city": {"zip": "10"}}],
    "tree": [{"v": 1, "kids": [{"v": 2, "kids": []}, {"v": 3, "kids": [{"v": 4, "kids": []}]}]}],
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo\n"}],
}
HERE = Path(__file__).parent


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_through"), [], [], body).set_lineno(line)

    def _through(self, caller):
        return caller()


def refuse(message):
    raise TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
env.filters["tojson"] = tojson
env.globals["raise_exception"] = refuse
env.globals["strftime_now"] = datetime.datetime(2026, 1, 2, 3, 4, 5).strftime


def outcome(source):
    try:
        return {"text": env.from_string(source).render(**json.loads(json.dumps(VARIABLES)))}
    except TemplateSyntaxError as e:
        return {"error": "TemplateSyntaxError", "message": str(e)}
    except Exception as e:
        return {"error": type(e).__name__, "message": str(e)}


(HERE / "variables.json").write_text(json.dumps(VARIABLES, indent=1))
with open(HERE / "goldens.jsonl", "w") as out:
    for source in (HERE / "cases.txt").read_text().split("\n===\n"):
        out.write(json.dumps({"template": source, **outcome(source)}) + "\n")

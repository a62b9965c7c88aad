"""ORACLE FAMILY TEXT ENGINE: an engine's speed on the oracle's pieces of a text, as ours is measured.

first: new instances, whose caches are empty, in a process that has made other passes; best: passes of one instance. The very
first pass of a process pays for its memory and is told apart."""
import contextlib, io, json, os, resource, sys
from pathlib import Path

os.environ["ORACLE_HERE"] = "1"
sys.dont_write_bytecode = True
program, family, file, engine = sys.argv[1:5]
sys.argv = [program]  # without arguments the oracle prints its help, which nobody wants, and defines what it has
oracle = {"__name__": "oracle", "__file__": program, "__doc__": ""}
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(SystemExit):
    exec(compile(Path(program).read_text(), program, "exec"), oracle)
encode = oracle["rival"](engine, family)
text = Path(file).read_text(encoding="utf-8", errors="replace")
pieces = [text[i:i + 8192] for i in range(0, len(text), 8192)]
size = sum(len(piece.encode()) for piece in pieces) / 1e6


def seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def speed(of):
    before = seconds()
    for piece in pieces:
        of(piece)
    return size / (seconds() - before)


cold = speed(encode)
best = max(speed(encode) for _ in range(4))
fresh = [speed(oracle["rival"](engine, family)) for _ in range(6)]
library, sample = oracle["load"](Path(family)), pieces[::4]
unlike = sum(list(map(int, encode(piece))) != library.ids(piece) for piece in sample)
print(json.dumps({
    "first_mb_per_cpu_s": sum(fresh) / len(fresh),
    "mb_per_cpu_s": best,
    "tokens": sum(len(encode(piece)) for piece in pieces),
    "note": f"cold process {cold:.1f}; pieces unlike the library {unlike}/{len(sample)}",
}))

"""Times xgrammar and llguidance, those that are installed, on the tokens in the file named; prints JSON."""
import base64, json, os, sys, time

task = json.load(open(sys.argv[1]))
end = task["end"]
pieces = [base64.b64decode(p) for p in task["pieces"]]
COLD, WARM = 20, 3


def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def measure(engine, case, compile, matcher, fill, accept):
    cold, warm, least = [], [], 1e9
    for _ in range(COLD):
        start = time.perf_counter_ns()
        grammar = compile(case)
        least = min(least, (time.perf_counter_ns() - start) / 1e6)
        for round in range(1 + WARM):
            for tokens in case["walks"]:
                m = matcher(grammar)
                for token in tokens + [end]:
                    start = time.perf_counter_ns()
                    fill(m)
                    (warm if round else cold).append((time.perf_counter_ns() - start) / 1e3)
                    if not accept(m, token) and token != end:
                        raise SystemExit(f"{engine} does not allow a token of {case['name']}")
    return {"engine": engine, "name": case["name"], "compile": least,
            "cold50": quantile(cold, 0.5), "cold99": quantile(cold, 0.99),
            "warm50": quantile(warm, 0.5), "warm99": quantile(warm, 0.99)}


def xgrammar_rows():
    import numpy as np
    import xgrammar as xg
    info = xg.TokenizerInfo(pieces, xg.VocabType.RAW, vocab_size=len(pieces), stop_token_ids=[end])
    mask = xg.allocate_token_bitmask(1, len(pieces))
    compiler = xg.GrammarCompiler(info, max_threads=1, cache_enabled=False)

    def compile(case):
        if case["kind"] == "regex":
            return compiler.compile_regex(case["spec"])
        return compiler.compile_json_schema(case["spec"]) if case["kind"] == "json" else compiler.compile_builtin_json_grammar()

    for case in task["cases"]:
        yield measure("xgrammar", case, compile, xg.GrammarMatcher,
                      lambda m: m.fill_next_token_bitmask(mask, 0), lambda m, t: m.accept_token(t))


def llguidance_rows():
    import llguidance as ll
    import numpy as np
    tokenizer = ll.LLTokenizer(open(os.path.join(task["family"], "tokenizer.json")).read(), n_vocab=len(pieces), eos_token=end)
    mask = np.zeros((len(pieces) + 31) // 32, dtype=np.int32)

    def compile(case):
        if case["kind"] == "regex":
            return ll.LLMatcher.grammar_from_regex(case["spec"])
        return ll.LLMatcher.grammar_from_json_schema(case["spec"])

    for case in task["cases"]:
        yield measure("llguidance", case, compile, lambda g: ll.LLMatcher(tokenizer, g),
                      lambda m: m.unsafe_compute_mask_ptr(mask.ctypes.data, mask.nbytes), lambda m, t: m.consume_token(t))


rows = []
for engine in (xgrammar_rows, llguidance_rows):
    try:
        rows.extend(engine())
    except ImportError as e:
        print(f"rivals: {e}", file=sys.stderr)
print(json.dumps(rows))

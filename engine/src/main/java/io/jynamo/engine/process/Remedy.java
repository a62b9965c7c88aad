package io.jynamo.engine.process;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to do about causes of death that have been seen. Pure. */
public final class Remedy {
    private record Rule(Pattern cause, String advice) {}

    private static final List<Rule> RULES = List.of(
            rule("No module named '?([\\w.]+)'?", "install the Python package $1 where the engine is installed"),
            rule(
                    "NIXL is not available",
                    "install the Python package nixl where the engine is installed, or use another connector"),
            rule(
                    "(lib(?:nvshmem|cuda|cudart|nccl|cublas)[\\w.]*): cannot open",
                    "$1 is not found: install the NVIDIA driver and CUDA libraries, or use a build of the engine for the CPU"),
            rule(
                    "(lib[\\w.+-]*\\.so[\\w.]*): cannot open",
                    "install the library $1, or put its folder into LD_LIBRARY_PATH"),
            rule(
                    "CUDA out of memory|OutOfMemoryError",
                    "the GPU is full: end what else uses it, lower --gpu-memory-utilization or --max-model-len, or use more GPUs"),
            rule(
                    "To serve at least one request with the model's max seq len",
                    "the KV cache is too small for one request: raise --kv-cache-memory-bytes or lower --max-model-len"),
            rule(
                    "No common block size for (\\d+)",
                    "this backend cannot use blocks of $1 tokens: give another --block-size (CPU: 32, 64, 128)"),
            rule(
                    "CPU Offloading is currently only supported",
                    "this connector needs a GPU: choose another --kv-transfer-config"),
            rule(
                    "No supported cpu connector found",
                    "LMCache in the engine's process needs a GPU: use its server (LMCacheMPConnector)"),
            rule("ddress already in use|Errno 98", "the port is taken: end what listens there or choose another"),
            rule("GatedRepoError|401 Client Error", "the model needs a licence or token: accept it and set HF_TOKEN"),
            rule("RepositoryNotFoundError|is not a local folder", "the model is not found: check its name"),
            rule("No space left on device", "the disk is full"),
            rule("PackageNotFoundError", "the engine's installation is incomplete: install it again"),
            rule("exec: .*not found", "the program is not in PATH: give its full path or install it"),
            rule("KeyError: 'remote_port'", "a client's kv_transfer_params reached the engine: they must not"));

    private Remedy() {}

    /** A line of advice; empty where none is known. */
    public static String of(String cause) {
        for (Rule rule : RULES) {
            Matcher matcher = rule.cause.matcher(cause);
            if (matcher.find()) {
                return matcher.groupCount() == 0
                        ? rule.advice
                        : rule.advice.replace("$1", String.valueOf(matcher.group(1)));
            }
        }
        return "";
    }

    private static Rule rule(String cause, String advice) {
        return new Rule(Pattern.compile(cause), advice);
    }
}

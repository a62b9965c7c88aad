package io.jynamo.cli.doctor;

import io.jynamo.engine.process.Remedy;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to do about an import that failed, in one line, for the Python it failed in. Pure. */
final class ImportRemedy {
    private static final Pattern NO_MODULE = Pattern.compile("No module named '?([\\w.]+)'?");
    private static final Pattern NO_LIBRARY = Pattern.compile("(lib[\\w.+-]*\\.so[\\w.]*): cannot open");

    /** Distributions that are not named like the module that they bring. */
    private static final Map<String, String> DISTRIBUTIONS = Map.of(
            "nvshmem", "nvshmem4py-cu13 (with CUDA 12: nvshmem4py-cu12)",
            "flash_attn", "flash-attn",
            "sgl_kernel", "sglang-kernel",
            "flashinfer", "flashinfer-python",
            "mooncake", "mooncake-transfer-engine",
            "tensorrt_llm", "tensorrt-llm",
            "opentelemetry", "opentelemetry-exporter-prometheus==0.66b2",
            "yaml", "pyyaml",
            "zmq", "pyzmq");

    /** Beginnings of the names of libraries, and the distributions of NVIDIA that bring them. */
    private static final Map<String, String> LIBRARIES = Map.of(
            "libnvshmem", "nvidia-nvshmem-cu13 (with CUDA 12: nvidia-nvshmem-cu12)",
            "libcudnn", "nvidia-cudnn-cu13 (with CUDA 12: nvidia-cudnn-cu12)",
            "libnccl", "nvidia-nccl-cu13 (with CUDA 12: nvidia-nccl-cu12)",
            "libcublas", "nvidia-cublas (with CUDA 12: nvidia-cublas-cu12)",
            "libcudart", "nvidia-cuda-runtime (with CUDA 12: nvidia-cuda-runtime-cu12)",
            "libcusparseLt", "nvidia-cusparselt-cu13 (with CUDA 12: nvidia-cusparselt-cu12)");

    private ImportRemedy() {}

    /** Never empty. */
    static String of(String error, Path python) {
        Matcher module = NO_MODULE.matcher(error);
        if (module.find()) {
            String name = module.group(1);
            int dot = name.indexOf('.');
            String top = dot < 0 ? name : name.substring(0, dot);
            return install(python, DISTRIBUTIONS.getOrDefault(top, top));
        }
        Matcher library = NO_LIBRARY.matcher(error);
        if (library.find()) {
            return library(library.group(1), python);
        }
        String known = Remedy.of(error);
        return known.isEmpty() ? "install it again: " + python + " -m pip install --force-reinstall" : known;
    }

    private static String library(String name, Path python) {
        if (name.startsWith("libcuda.so")) {
            return "install the NVIDIA driver, which brings " + name + ", or use a build of the engine for the CPU";
        }
        for (var entry : LIBRARIES.entrySet()) {
            if (name.startsWith(entry.getKey())) {
                return install(python, entry.getValue()) + ", or put the folder of " + name
                        + " into LD_LIBRARY_PATH, or use a build for the CPU";
            }
        }
        return Remedy.of(name + ": cannot open");
    }

    static String install(Path python, String distribution) {
        return python + " -m pip install " + distribution;
    }
}

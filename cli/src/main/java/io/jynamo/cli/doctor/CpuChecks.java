package io.jynamo.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import jdk.incubator.vector.FloatVector;

/** Cores and vector instructions: they decide how fast the embedded engine is. */
final class CpuChecks {
    private static final List<String> WORTH_NAMING = List.of(
            "avx2",
            "fma",
            "avx512f",
            "avx512_vnni",
            "avx_vnni",
            "avx512_bf16",
            "amx_int8",
            "amx_bf16",
            "asimd",
            "asimddp",
            "i8mm",
            "sve");

    private CpuChecks() {}

    static List<Finding> all() {
        return List.of(cores(), vectors());
    }

    private static Finding cores() {
        int cores = Runtime.getRuntime().availableProcessors();
        String found = cores + " available, " + System.getProperty("os.arch");
        return cores >= 2
                ? Finding.ok("CPU cores", found)
                : Finding.warn(
                        "CPU cores",
                        found,
                        "serving shares its one core with computing: expect gaps in streams",
                        "give this machine or container two cores or more");
    }

    private static Finding vectors() {
        int bits = vectorBits();
        Set<String> features = features();
        List<String> named = new ArrayList<>(WORTH_NAMING);
        named.retainAll(features);
        String found = bits + "-bit vectors" + (named.isEmpty() ? "" : ", " + String.join(" ", named));
        return bits >= 128
                ? Finding.ok("CPU vectors", found)
                : Finding.warn(
                        "CPU vectors",
                        found,
                        "the embedded engine computes with them and will be slow",
                        "check -XX:UseAVX and the JDK build");
    }

    private static int vectorBits() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? FloatVector.SPECIES_PREFERRED.vectorBitSize()
                : 0;
    }

    /** Linux lists them; elsewhere the vector width has to say it. */
    private static Set<String> features() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line -> (Set<String>) new HashSet<>(List.of(line.substring(line.indexOf(':') + 1)
                            .strip()
                            .toLowerCase(Locale.ROOT)
                            .split(" +"))))
                    .orElse(Set.of());
        } catch (IOException e) {
            return Set.of();
        }
    }
}

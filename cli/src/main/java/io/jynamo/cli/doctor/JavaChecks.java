package io.jynamo.cli.doctor;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The JVM, its flags, and the start-up cache. */
final class JavaChecks {
    private static final int JAVA = 25;

    private JavaChecks() {}

    static List<Finding> all() {
        return List.of(java(), vectorModule(), startUpCache());
    }

    private static Finding java() {
        String found = Runtime.version() + " (" + System.getProperty("java.vendor") + ") in "
                + System.getProperty("java.home");
        return Runtime.version().feature() >= JAVA
                ? Finding.ok("JDK", found)
                : Finding.fail("JDK", found, "jynamo is built for it", "install JDK " + JAVA + "; ./jynamo says how");
    }

    private static Finding vectorModule() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? Finding.ok("Vector API", "on")
                : Finding.fail(
                        "Vector API",
                        "off",
                        "the embedded engine computes with it",
                        "start through ./jynamo, or add --add-modules=jdk.incubator.vector");
    }

    private static Finding startUpCache() {
        String flag = "-XX:AOTCache=";
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith(flag) && Files.exists(Path.of(argument.substring(flag.length())))) {
                return Finding.ok("start-up cache", "in use");
            }
        }
        return Finding.warn(
                "start-up cache",
                "none",
                "starting takes about half a second longer",
                "delete cli/target/app and run again");
    }
}

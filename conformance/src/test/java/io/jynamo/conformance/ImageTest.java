package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java that the Dockerfile links: exactly the modules that the built command's class path needs, and it runs there. */
class ImageTest {
    private static final Path ROOT = Path.of(System.getProperty("jynamo.root"));
    private static final Path JARS = ROOT.resolve("cli/target/app/lib");
    private static final Pattern MODULES = Pattern.compile("--add-modules (\\S+)");

    /**
     * Modules that libraries use where they are, and do without: Jackson's readers of AWT's and SQL's types, a Vert.x class
     * that compiles Java.
     */
    private static final Set<String> NOT_MISSED = Set.of("java.compiler", "java.desktop", "java.sql");

    @TempDir
    Path folder;

    @BeforeAll
    static void build() {
        assertThat(Command.jynamo("--version").exitCode()).isZero(); // builds it, if nobody did
    }

    @Test
    void it_has_the_modules_that_the_class_path_needs() throws IOException {
        Map<String, String> moduleOf = new HashMap<>();
        ModuleFinder.ofSystem()
                .findAll()
                .forEach(module -> module.descriptor()
                        .packages()
                        .forEach(name -> moduleOf.put(name, module.descriptor().name())));
        Set<String> needed = new TreeSet<>();
        try (Stream<Path> jars = Files.list(JARS)) {
            jars.forEach(jar -> packagesUsed(jar).forEach(name -> {
                String module = moduleOf.get(name);
                if (module != null && !NOT_MISSED.contains(module)) {
                    needed.add(module);
                }
            }));
        }
        assertThat(modules()).containsExactlyElementsOf(needed);
    }

    @Test
    void the_command_runs_on_it() throws IOException {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        assumeTrue(Files.isExecutable(jlink), () -> "not run: there is no " + jlink);
        Path image = folder.resolve("java");
        Command linked = Command.run(
                List.of(
                        jlink.toString(),
                        "--output",
                        image.toString(),
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        "--add-modules",
                        String.join(",", modules())),
                Map.of());
        assertThat(linked.exitCode()).as(linked.out() + linked.err()).isZero();
        assertThat(run(image, "--version").out()).startsWith("jynamo ");
        assertThat(run(image, "serve", "--help").out()).contains("--max-model-len");
        // Serves, and asks itself: sockets, JSON, the simulated engine, all that a help text does not load.
        assertThat(run(image, "train").err())
                .doesNotContain("Exception", "no server")
                .doesNotContain("NoClassDefFoundError");
        String[] up = {"up", "sim-16", "--detach", "--set", "frontend.port=0", "--set", "worker.replicas=1"};
        assertThat(run(image, up).out()).startsWith("ready http://");
        assertThat(run(image, "stop").out()).contains("graph sim-16 stopped");
    }

    private Command run(Path image, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(image.resolve("bin/java").toString()));
        line.addAll(flags());
        line.addAll(List.of("-cp", JARS + File.separator + "*", "io.jynamo.cli.Jynamo"));
        line.addAll(Arrays.asList(arguments));
        Command run =
                Command.run(line, Map.of("XDG_STATE_HOME", folder.resolve("s").toString()));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    /** The launcher's own, as the Dockerfile takes them. */
    private static List<String> flags() {
        Command flags =
                Command.run(List.of("bash", ROOT.resolve("packaging/jvm-flags").toString()), Map.of());
        assertThat(flags.exitCode()).as(flags.err()).isZero();
        assertThat(flags.out()).contains("-Xmx1g").doesNotContain("--add-modules");
        return flags.out().lines().toList();
    }

    private static List<String> modules() throws IOException {
        Matcher list = MODULES.matcher(Files.readString(ROOT.resolve("Dockerfile")));
        assertThat(list.find()).as("the Dockerfile links modules").isTrue();
        return Arrays.asList(list.group(1).split(",", -1));
    }

    private static Set<String> packagesUsed(Path jar) {
        Set<String> packages = new TreeSet<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class")) {
                    ClassFile.of()
                            .parse(zip.getInputStream(entry).readAllBytes())
                            .constantPool()
                            .forEach(constant -> packageOf(constant, packages));
                }
            }
            return packages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void packageOf(PoolEntry constant, Set<String> packages) {
        if (constant instanceof ClassEntry type) {
            String name = type.name().stringValue().replaceFirst("^\\[+L?", "");
            int end = name.lastIndexOf('/');
            if (end > 0) {
                packages.add(name.substring(0, end).replace('/', '.'));
            }
        }
    }
}

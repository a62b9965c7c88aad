package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassFileUpgradeTest {
    @TempDir
    Path folder;

    @Test
    void every_upgraded_class_has_stack_maps_and_is_accepted_by_the_verifier() throws Exception {
        Path jar = folder.resolve("picocli.jar");
        Files.copy(
                Path.of(CommandLine.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()),
                jar);

        ClassFileUpgrade.upgrade(jar);

        List<String> names = classNames(jar);
        assertThat(names).hasSizeGreaterThan(200);
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            for (String name : names) {
                if (!name.contains("groovy")) {
                    // Initialising links, and linking verifies.
                    Class<?> loaded = Class.forName(name, true, loader);
                    assertThat(loaded.getClassLoader()).isSameAs(loader);
                }
            }
        }
        try (var zip = new ZipFile(jar.toFile())) {
            for (String name : names) {
                byte[] bytes = zip.getInputStream(zip.getEntry(name.replace('.', '/') + ".class"))
                        .readAllBytes();
                assertThat(ClassFile.of().parse(bytes).majorVersion()).as(name).isGreaterThanOrEqualTo(50);
            }
        }
    }

    private static List<String> classNames(Path jar) throws Exception {
        try (var zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.contains("module-info"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }
}

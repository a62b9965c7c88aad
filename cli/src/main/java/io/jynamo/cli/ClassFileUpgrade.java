package io.jynamo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites a jar whose classes are older than Java 6 so that the AOT cache can hold them: the JVM archives only classes
 * its fast verifier accepts, which need stack maps. picocli is compiled for Java 5; rewritten, commands start in two
 * thirds of the time. Code is not changed. The launcher runs it once per build.
 */
final class ClassFileUpgrade {
    /** Class files from this version on have stack maps. */
    private static final int FIRST_WITH_STACK_MAPS = 50;

    private static final int WRITTEN = ClassFile.JAVA_8_VERSION;

    private ClassFileUpgrade() {}

    /** Rewrites the jars named, each in place by a rename. */
    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            upgrade(Path.of(jar));
        }
    }

    static void upgrade(Path jar) throws IOException {
        Path upgraded = jar.resolveSibling(jar.getFileName() + ".new");
        try (var in = new ZipFile(jar.toFile());
                var out = new ZipOutputStream(Files.newOutputStream(upgraded))) {
            var classFile = ClassFile.of(
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(hierarchy(in)));
            for (var entries = in.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                byte[] bytes = in.getInputStream(entry).readAllBytes();
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(entry.getName().endsWith(".class") ? upgrade(classFile, bytes) : bytes);
            }
        }
        Files.move(upgraded, jar, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] upgrade(ClassFile classFile, byte[] bytes) {
        ClassModel old = classFile.parse(bytes);
        if (old.majorVersion() >= FIRST_WITH_STACK_MAPS) {
            return bytes;
        }
        return classFile.build(old.thisClass().asSymbol(), builder -> {
            builder.withVersion(WRITTEN, 0);
            for (var element : old) {
                switch (element) {
                    case ClassFileVersion version -> {} // replaced above
                    case MethodModel method ->
                        builder.transformMethod(method, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
                    default -> builder.with(element);
                }
            }
        });
    }

    /** Stack maps name common superclasses, which are looked up in the jar itself and in the JDK. */
    private static ClassHierarchyResolver hierarchy(ZipFile jar) {
        return ClassHierarchyResolver.ofResourceParsing(name -> open(jar, name))
                .orElse(ClassHierarchyResolver.defaultResolver())
                .cached();
    }

    private static @Nullable InputStream open(ZipFile jar, ClassDesc name) {
        String descriptor = name.descriptorString();
        ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

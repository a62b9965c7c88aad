package io.jynamo.runtime.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells a file from one that another is renamed over it with. A heartbeat leaves it as it is, where the file system
 * knows when files were created; elsewhere it makes a file look new, and readers read it again.
 */
record FileIdentity(@Nullable Object fileKey, FileTime created, long size) {
    static FileIdentity of(BasicFileAttributes attributes) {
        return new FileIdentity(attributes.fileKey(), attributes.creationTime(), attributes.size());
    }

    /** Attributes of the file itself, never of what a link leads to. */
    static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}

package io.jynamo.cli.keys;

import io.jynamo.frontend.keys.KeyEntry;
import io.jynamo.frontend.keys.KeyFile;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file of keys being changed. Whoever reads it meanwhile, or after the power failed, finds what was there before or what is
 * there now, whole.
 */
final class KeyFileEdit {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;

    KeyFileEdit(Path file) {
        this.file = file;
    }

    /**
     * Checks an entry by itself.
     *
     * @throws JynamoException INVALID_CONFIGURATION
     */
    static void require(ObjectNode entry) {
        ObjectNode document = JSON.createObjectNode();
        document.putArray("keys").add(entry);
        KeyFile.parse("of these flags", JSON.writeValueAsBytes(document));
    }

    /**
     * Reads the file.
     *
     * @throws JynamoException INVALID_CONFIGURATION
     */
    List<KeyEntry> check() {
        try {
            return KeyFile.parse(file.toString(), Files.readAllBytes(file));
        } catch (IOException unreadable) {
            throw failed("cannot be read", unreadable);
        }
    }

    /**
     * Adds an entry; makes the file, readable to its owner alone, where there is none.
     *
     * @throws JynamoException INVALID_CONFIGURATION where the file or the entry is wrong, or both name one key
     */
    void add(ObjectNode entry) {
        require(entry);
        try {
            boolean exists = Files.exists(file);
            Path target = exists ? file.toRealPath() : file.toAbsolutePath();
            byte[] before = exists ? Files.readAllBytes(target) : new byte[0];
            byte[] after = with(before, exists, entry);
            replace(target, before, after);
        } catch (IOException failure) {
            throw failed("cannot be written", failure);
        }
    }

    private byte[] with(byte[] before, boolean exists, ObjectNode entry) {
        ObjectNode document;
        if (exists) {
            KeyFile.parse(file.toString(), before);
            document = (ObjectNode) JSON.readTree(before);
        } else {
            document = JSON.createObjectNode();
            document.putArray("keys");
        }
        ((ArrayNode) document.path("keys")).add(entry);
        byte[] after = (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        KeyFile.parse(file.toString(), after); // two keys of one name, too many
        return after;
    }

    private void replace(Path target, byte[] before, byte[] after) throws IOException {
        Path folder = target.getParent();
        Path fresh = Files.createTempFile(folder, ".keys-", ".tmp"); // its owner's alone
        try {
            try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(after);
                while (left.hasRemaining()) {
                    out.write(left);
                }
                out.force(true);
            }
            if (Files.exists(target)) {
                keepOwner(target, fresh);
            }
            if (!Arrays.equals(before, Files.exists(target) ? Files.readAllBytes(target) : new byte[0])) {
                throw new JynamoException(
                        ErrorCode.CONFLICT,
                        "key file " + file + " was changed by somebody else meanwhile; run it again");
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Whoever reads the file now must be able to read the one that takes its place, and nobody else. */
    private static void keepOwner(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (view != null) {
            PosixFileAttributes was = Files.readAttributes(from, PosixFileAttributes.class);
            view.setGroup(was.group());
            view.setOwner(was.owner());
            view.setPermissions(was.permissions());
        }
    }

    private JynamoException failed(String what, IOException why) {
        String reason = why instanceof NoSuchFileException ? "it, or its folder, is not there" : why.getMessage();
        return new JynamoException(
                ErrorCode.INVALID_CONFIGURATION, "key file " + file + " " + what + ": " + reason, why);
    }
}

package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a file of {@link FileDiscovery} holds: one line of eight words, then the value's bytes.
 *
 * <pre>jynamo-entry/1 KEY HOST PID START HANDLE LENGTH CRC</pre>
 *
 * CRC is CRC-32C of the line up to LENGTH and of the value, in hexadecimal. The file's name is the key with {@code ~} for
 * each slash, and {@code .entry}.
 */
record FileRecord(Entry entry, LeaseOwner owner) {
    static final String ENDING = ".entry";
    static final String FORMAT = "jynamo-entry/1";
    private static final int MAX_LINE = 1_024;
    static final int MAX_BYTES = MAX_LINE + Entry.MAX_VALUE;

    /** What reading a file gives. */
    sealed interface Reading {
        record Whole(FileRecord record) implements Reading {}

        record Broken(String reason) implements Reading {}
    }

    static String fileName(String key) {
        return key.replace('/', '~') + ENDING;
    }

    /** The key that a file's name stands for, or empty where it is not the name of an entry. */
    static Optional<String> key(String fileName) {
        if (!fileName.endsWith(ENDING)) {
            return Optional.empty();
        }
        String key = fileName.substring(0, fileName.length() - ENDING.length()).replace('~', '/');
        return Entry.wrongWith(key).isEmpty() ? Optional.of(key) : Optional.empty();
    }

    byte[] bytes() {
        byte[] value = entry.value();
        String words = String.join(
                " ",
                FORMAT,
                entry.key(),
                owner.host(),
                Long.toString(owner.pid()),
                Long.toString(owner.start()),
                owner.handle(),
                Integer.toString(value.length));
        var out = new ByteArrayOutputStream(words.length() + 10 + value.length);
        out.writeBytes((words + " " + crc(words, value) + "\n").getBytes(ISO_8859_1));
        out.writeBytes(value);
        return out.toByteArray();
    }

    static Reading read(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && end < MAX_LINE && bytes[end] != '\n') {
            end++;
        }
        if (end == bytes.length || end == MAX_LINE) {
            return new Reading.Broken("it has no first line");
        }
        String line = new String(bytes, 0, end, ISO_8859_1);
        String[] words = line.split(" ", -1);
        if (!words[0].equals(FORMAT)) {
            return new Reading.Broken("it does not begin with " + FORMAT);
        }
        if (words.length != 8) {
            return new Reading.Broken("its first line has " + words.length + " words, not 8");
        }
        byte[] value = Arrays.copyOfRange(bytes, end + 1, bytes.length);
        if (!words[6].equals(Integer.toString(value.length)) || value.length > Entry.MAX_VALUE) {
            return new Reading.Broken("its value has " + value.length + " bytes, not as many as it says");
        }
        if (!words[7].equals(crc(line.substring(0, line.lastIndexOf(' ')), value))) {
            return new Reading.Broken("its check sum is not that of its contents");
        }
        if (!Entry.wrongWith(words[1]).isEmpty()) {
            return new Reading.Broken("its key is none");
        }
        return owner(words)
                .<Reading>map(owner -> new Reading.Whole(new FileRecord(new Entry(words[1], value), owner)))
                .orElseGet(() -> new Reading.Broken("its owner is none"));
    }

    /** Whether bytes that are no record may be what a crash left of one. */
    static boolean looksBegun(byte[] bytes) {
        String begin = "jynamo-entry/";
        return bytes.length == 0
                || new String(bytes, 0, Math.min(bytes.length, begin.length()), ISO_8859_1).equals(begin);
    }

    private static Optional<LeaseOwner> owner(String[] words) {
        try {
            return Optional.of(new LeaseOwner(words[2], Long.parseLong(words[3]), Long.parseLong(words[4]), words[5]));
        } catch (IllegalArgumentException e) { // a number that is none is one too
            return Optional.empty();
        }
    }

    private static String crc(String words, byte[] value) {
        var crc = new CRC32C();
        crc.update(words.getBytes(ISO_8859_1));
        crc.update(value);
        return "%08x".formatted(crc.getValue());
    }
}

package io.jynamo.frontend.page;

import io.jynamo.frontend.http.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One file of the page. Read from the class path when it is first asked for, and kept. */
final class PageFile {
    private static final int TAG_DIGITS = 16;
    /** What a browser may do with the page: load and call this server, nothing else, and run no text of anybody's. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    private static final List<Map.Entry<String, String>> HEADERS = List.of(
            Map.entry("content-security-policy", POLICY),
            Map.entry("cross-origin-opener-policy", "same-origin"),
            Map.entry("cross-origin-resource-policy", "same-origin"),
            Map.entry("permissions-policy", "camera=(), microphone=(), geolocation=()"),
            Map.entry("referrer-policy", "no-referrer"),
            Map.entry("x-content-type-options", "nosniff"),
            Map.entry("x-frame-options", "DENY"),
            // Asked about each time, and answered with 304: a new server's page must not run an old one's script.
            Map.entry("cache-control", "no-cache"));

    private final String path;
    private final String resource;
    private final String type;
    private @Nullable Content content;

    @SuppressWarnings("ArrayRecordComponent") // read once, sent as it is
    private record Content(byte[] bytes, String tag) {}

    /**
     * A file.
     *
     * @param path where browsers find it
     * @param resource where the class path has it
     */
    PageFile(String path, String resource) {
        this.path = path;
        this.resource = resource;
        this.type = type(resource);
    }

    String path() {
        return path;
    }

    /** The file, or that it is the one which {@code known}, an If-None-Match header, names. */
    Answer answer(@Nullable String known) {
        Content read = content();
        boolean same = known != null && List.of(known.split("\\s*,\\s*")).contains(read.tag());
        Answer answer = new Answer(same ? 304 : 200, type, HEADERS, same ? new byte[0] : read.bytes());
        return answer.with("etag", read.tag());
    }

    private synchronized Content content() {
        Content known = content;
        if (known == null) {
            known = read();
            content = known;
        }
        return known;
    }

    private Content read() {
        try (InputStream in = PageFile.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the class path lacks " + resource);
            }
            byte[] bytes = in.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Content(bytes, '"' + HexFormat.of().formatHex(digest).substring(0, TAG_DIGITS) + '"');
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException("what is a " + name + "?");
        };
    }
}

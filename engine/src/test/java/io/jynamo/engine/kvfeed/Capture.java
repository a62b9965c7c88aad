package io.jynamo.engine.kvfeed;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages of real engines as they came over the wire, and what a reader must find in them. */
record Capture(List<byte[]> frames, long sequence, JsonNode decoded) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path WIRES = Path.of(System.getProperty("jynamo.root", ".."), "../shared/data");

    byte[] payload() {
        return frames.getLast();
    }

    /** The lines kept with the tests. */
    static List<Capture> kept(String file) {
        try (InputStream in = Objects.requireNonNull(Capture.class.getResourceAsStream(file), file)) {
            return read(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A whole recording; where it is not there the test says so and does not run. */
    static List<Capture> recorded(String file) {
        Path path = WIRES.resolve(file);
        assumeTrue(Files.exists(path), () -> "not run: there is no " + path);
        try {
            return read(Files.readAllLines(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Capture> read(List<String> lines) {
        List<Capture> captures = new ArrayList<>();
        for (String line : lines) {
            JsonNode node = JSON.readTree(line);
            List<byte[]> frames = new ArrayList<>();
            for (JsonNode frame : node.get("frames")) {
                frames.add(HexFormat.of().parseHex(frame.stringValue()));
            }
            captures.add(new Capture(frames, node.get("sequence").longValue(), node.get("decoded")));
        }
        return captures;
    }
}

package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenDelta;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small real request, sent while attaching: what a server can do is what it does, not which routes it lists.
 *
 * @param failure why it was refused, or null
 * @param parts what was answered
 */
public record TestRequest(GenerationEnd.@Nullable Failure failure, List<AnswerPart> parts) {
    public TestRequest {
        parts = List.copyOf(parts);
    }

    /** Sends a body and reads the whole answer. */
    public static TestRequest send(
            EngineHttp http, String path, byte[] body, AnswerReader reader, AttachOptions options) {
        EngineHttp.Page page = http.post(path, body, options.probeLimit());
        if (!page.ok()) {
            return new TestRequest(EngineFailure.of(http.url(), page.status(), null, page.text()), List.of());
        }
        return read(page.text(), reader, options.maxEventBytes(), http.url());
    }

    private static TestRequest read(String text, AnswerReader reader, int maxEventBytes, String url) {
        List<AnswerPart> parts = new ArrayList<>();
        try {
            SseParser parser = new SseParser(maxEventBytes, event -> reader.onEvent(event, parts::add));
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            parser.feed(bytes, 0, bytes.length);
            parser.end();
        } catch (MalformedAnswer | SseParser.TooLong e) {
            return new TestRequest(
                    new GenerationEnd.Failure(
                            ErrorCode.WORKER_LOST, "the engine at " + url + " cannot be understood: " + e.getMessage()),
                    parts);
        }
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Failed failed) {
                return new TestRequest(failed.failure(), parts);
            }
        }
        return new TestRequest(null, parts);
    }

    /** The output that was told. */
    public List<TokenDelta> deltas() {
        List<TokenDelta> deltas = new ArrayList<>();
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Output output) {
                deltas.add(output.delta());
            }
        }
        return deltas;
    }

    /** Whether the answer came to its end with output. */
    public boolean worked() {
        return failure == null && deltas().stream().anyMatch(d -> d.finish() != null);
    }
}

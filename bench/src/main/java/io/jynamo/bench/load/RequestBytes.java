package io.jynamo.bench.load;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Makes the bytes of request number n, the same for the same seed and n. Each begins with a mark of its own. */
final class RequestBytes {
    private final LoadOptions.Shape shape;
    private final String head;
    private final Prompts prompts;
    private final ByteSink body = new ByteSink();
    private final ByteSink whole = new ByteSink();

    RequestBytes(LoadOptions options) {
        shape = options.shape();
        prompts = shape.words() ? new WordPrompts() : TextPrompts.of(shape.corpus());
        head = "POST " + (shape.chat() ? "/v1/chat/completions" : "/v1/completions") + " HTTP/1.1\r\nHost: "
                + options.target().getAuthority() + "\r\nContent-Type: application/json\r\nContent-Length: ";
    }

    ByteBuffer request(long number) {
        body.clear().add("{\"model\":\"").add(shape.model()).add("\",\"max_tokens\":");
        body.add(Integer.toString(shape.outputTokens()));
        if (shape.stream()) {
            body.add(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        }
        if (!shape.extra().isEmpty()) {
            body.add(",").add(shape.extra());
        }
        body.add(shape.chat() ? ",\"messages\":[{\"role\":\"user\",\"content\":\"" : ",\"prompt\":\"");
        prompt(number);
        body.add(shape.chat() ? "\"}]}" : "\"}");
        return whole.clear()
                .add(head)
                .add(Integer.toString(body.size()))
                .add("\r\n\r\n")
                .add(body)
                .toBuffer();
    }

    private void prompt(long number) {
        if (shape.sharedTokens() > 0) {
            long group = Math.floorMod(number, shape.groups());
            body.add("Group " + group + ".");
            prompts.append(body, shape.sharedTokens(), new SplittableRandom(shape.seed() ^ (group * 31 + 7)));
        }
        SplittableRandom random = new SplittableRandom(shape.seed() + number * 0x9E3779B97F4A7C15L);
        body.add(Long.toHexString(random.nextLong()));
        // The mark takes about eight tokens, the template about as many.
        prompts.append(body, Math.max(1, shape.promptTokens() - 16), random);
    }
}

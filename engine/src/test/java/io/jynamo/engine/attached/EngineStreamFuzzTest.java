package io.jynamo.engine.attached;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** Jazzer's way into what engines send: event streams, error bodies, metrics. */
@Tag("fuzz")
class EngineStreamFuzzTest {
    private static final int LIMIT = 4096;

    /** The first byte says in pieces of which size the rest comes. */
    @FuzzTest(maxDuration = "5m")
    void events(byte[] data) {
        if (data.length > 1 && !events(data, data.length).equals(events(data, 1 + (data[0] & 0x1f)))) {
            throw new IllegalStateException("the same stream says other things in other pieces");
        }
    }

    @FuzzTest(maxDuration = "5m")
    void failures(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        int status = data.length == 0 ? 500 : 300 + (data[0] & 0xff);
        EngineFailure.of("http://engine", status, text.substring(0, Math.min(40, text.length())), text);
    }

    @FuzzTest(maxDuration = "5m")
    void metrics(byte[] data) {
        PrometheusText page = PrometheusText.parse(new String(data, StandardCharsets.UTF_8));
        LoadMetrics.VLLM.read(page).ifPresent(sample -> {
            if (sample.running() < 0 || sample.waiting() < 0) {
                throw new IllegalStateException("fewer than no requests: " + sample);
            }
        });
    }

    private static List<String> events(byte[] data, int size) {
        List<String> told = new ArrayList<>();
        SseParser parser = new SseParser(LIMIT, event -> {
            if (event.data().length() > LIMIT) {
                throw new IllegalStateException("an event is longer than it may be");
            }
            told.add(event.name() + "|" + event.data());
        });
        try {
            for (int at = 1; at < data.length; at += size) {
                parser.feed(data, at, Math.min(size, data.length - at));
            }
            parser.end();
        } catch (SseParser.TooLong e) {
            // Where it is noticed depends on the pieces; what was told before does not.
        }
        return told;
    }
}

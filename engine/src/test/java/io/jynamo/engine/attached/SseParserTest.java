package io.jynamo.engine.attached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {
    @Test
    void readsEventsHoweverTheirBytesAreCutUp() {
        String stream = String.join(
                "",
                "\uFEFFdata: {\"a\":\"é🌍\"}\n\n: a comment\n\nevent: error\r\n",
                "data:x\r\ndata: y\r\n\r\nid: 7\rretry: 5\rdata\rdata: z\r\rdata: [DONE]\n\n");
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        List<SseEvent> expected = List.of(
                new SseEvent("", "{\"a\":\"é🌍\"}"),
                new SseEvent("error", "x\ny"),
                new SseEvent("", "\nz"),
                new SseEvent("", "[DONE]"));
        for (int size = 1; size <= bytes.length; size++) {
            List<SseEvent> events = new ArrayList<>();
            SseParser parser = new SseParser(1000, events::add);
            for (int at = 0; at < bytes.length; at += size) {
                parser.feed(bytes, at, Math.min(size, bytes.length - at));
            }
            assertThat(events).as("in pieces of %s", size).isEqualTo(expected);
        }
    }

    @Test
    void tellsNoEventThatTheEndCutsOff() {
        assertThat(eventsOf("data: whole\n\ndata: cut")).containsExactly(new SseEvent("", "whole"));
        assertThat(eventsOf("data: one\ndata: tw")).isEmpty();
    }

    @Test
    void tellsALastEventWithoutItsEmptyLine() {
        assertThat(eventsOf("data: last\n")).containsExactly(new SseEvent("", "last"));
    }

    @Test
    void boundsLinesAndEvents() {
        SseParser parser = new SseParser(100, event -> {});
        byte[] half = "data: 123456789012345678901234567890123456789\n".getBytes(StandardCharsets.UTF_8);
        for (int event = 0; event < 3; event++) {
            parser.feed(half, 0, half.length);
            parser.feed(half, 0, half.length);
            parser.feed(new byte[] {'\n'}, 0, 1);
        }
        parser.feed(half, 0, half.length);
        parser.feed(half, 0, half.length);
        assertThatThrownBy(() -> parser.feed(half, 0, half.length)).isInstanceOf(SseParser.TooLong.class);
        SseParser endless = new SseParser(100, event -> {});
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        endless.feed(new byte[] {'x'}, 0, 1);
                    }
                })
                .isInstanceOf(SseParser.TooLong.class);
    }

    private static List<SseEvent> eventsOf(String stream) {
        List<SseEvent> events = new ArrayList<>();
        SseParser parser = new SseParser(1000, events::add);
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        parser.feed(bytes, 0, bytes.length);
        parser.end();
        return events;
    }
}

package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.protocol.ErrorCode;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{(.*)\\})? (\\S+)$");

    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private static String page(ServerFixture server) {
        return server.get("/metrics").body();
    }

    /** The value of the first series whose line starts so. */
    private static double value(String page, String start) {
        return page.lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void namesLabelsAndBucketsAreDynamos() {
        try (ServerFixture server = ServerFixture.saying("hello")) {
            server.post(CHAT, chat("hi", "'stream':true"));
            server.post(CHAT, chat("hi", "'temperature':9"));
            server.router.full(true);
            server.post(CHAT, chat("hi", ""));
            server.router.full(false);
            server.node.metrics().model("org/test-model");
            Map<String, String> types = new TreeMap<>();
            Map<String, TreeSet<String>> labels = new TreeMap<>();
            page(server).lines().forEach(line -> {
                if (line.startsWith("# TYPE ")) {
                    int space = line.lastIndexOf(' ');
                    types.put(line.substring("# TYPE ".length(), space), line.substring(space + 1));
                    return;
                }
                var sample = SAMPLE.matcher(line);
                if (!line.startsWith("#") && sample.matches()) {
                    String family = sample.group(1).replaceAll("_(bucket|sum|count)$", "");
                    TreeSet<String> seen = labels.computeIfAbsent(family, key -> new TreeSet<>());
                    if (sample.group(2) != null) {
                        var label = LABEL.matcher(sample.group(2));
                        while (label.find()) {
                            seen.add(label.group(1).equals("le") ? "le=" + label.group(2) : label.group(1));
                        }
                    }
                }
            });
            StringBuilder table = new StringBuilder();
            types.forEach((name, type) -> table.append(name)
                    .append(' ')
                    .append(type)
                    .append(' ')
                    .append(String.join(",", labels.getOrDefault(name, new TreeSet<>())))
                    .append('\n'));
            Golden.check("metric-names.txt", table.toString());
        }
    }

    @Test
    void everyOutcomeIsCountedOnce() {
        ScriptedWorker.Script failing = ScriptedWorker.Script.text("").failing(ErrorCode.WORKER_LOST, "gone");
        try (ServerFixture server = new ServerFixture(
                request -> request.prompt().count() > 30 ? failing : ScriptedWorker.Script.text("12345"))) {
            server.post(CHAT, chat("hi", "'stream':true"));
            server.post(CHAT, chat("hi", ""));
            server.post(CHAT, chat("hi", "'temperature':9"));
            server.post(CHAT, chat("hi", "").replace("org/test-model", "typo"));
            server.post(CHAT, chat("a long prompt that makes it fail", ""));
            server.post("/v1/completions", "{'model':'org/test-model','prompt':'x'}");
            String page = page(server);
            String total = "dynamo_frontend_requests_total{endpoint=\"chat_completions\",";
            String served = "model=\"org/test-model\",";
            assertThat(value(page, total + "error_type=\"\"," + served + "request_type=\"stream\",status=\"success\""))
                    .isEqualTo(1);
            assertThat(value(page, total + "error_type=\"\"," + served + "request_type=\"unary\",status=\"success\""))
                    .isEqualTo(1);
            assertThat(value(page, total + "error_type=\"validation\",model=\"unknown\""))
                    .isEqualTo(1);
            assertThat(value(page, total + "error_type=\"not_found\",model=\"unknown\""))
                    .isEqualTo(1);
            assertThat(value(page, total + "error_type=\"internal\"," + served)).isEqualTo(1);
            assertThat(value(page, "dynamo_frontend_requests_started_total")).isEqualTo(6);
            assertThat(value(page, "dynamo_frontend_output_tokens_total")).isEqualTo(15);
            assertThat(value(page, "dynamo_frontend_inter_token_latency_seconds_count"))
                    .isLessThanOrEqualTo(12);
            assertThat(value(page, "dynamo_frontend_time_to_first_token_seconds_count"))
                    .isEqualTo(3);
            assertThat(value(page, "dynamo_frontend_active_requests")).isZero();
            assertThat(value(page, "dynamo_frontend_queued_requests")).isZero();
            assertThat(value(page, "dynamo_frontend_stage_requests")).isZero();
            assertThat(value(page, "dynamo_frontend_cached_tokens_sum")).isPositive();
            assertThat(value(page, "dynamo_frontend_model_context_length")).isEqualTo(4_096);
        }
    }

    @Test
    void detokenizingAndWorkersAreMeasured() {
        try (ServerFixture server = ServerFixture.saying("hello")) {
            server.post(CHAT, chat("hi", "'stream':true"));
            String page = page(server);
            assertThat(value(page, "dynamo_frontend_detokenize_token_count ")).isEqualTo(5);
            assertThat(page).containsPattern("(?m)^dynamo_frontend_detokenize_total_us \\d+$");
            assertThat(value(page, "dynamo_frontend_tokenizer_latency_ms_count{operation=\"detokenize\"}"))
                    .isEqualTo(1);
            assertThat(value(page, "dynamo_frontend_stage_duration_seconds_count{stage=\"transport_roundtrip\"}"))
                    .isEqualTo(1);
            String worker = "{dp_rank=\"0\",worker_id=\"7\",worker_type=\"decode\"}";
            assertThat(value(page, "dynamo_frontend_worker_last_time_to_first_token_seconds" + worker))
                    .isPositive();
            assertThat(value(page, "dynamo_frontend_worker_last_input_sequence_tokens" + worker))
                    .isEqualTo(server.router.requests().getFirst().prompt().count());
            assertThat(page)
                    .contains("dynamo_frontend_worker_last_inter_token_latency_seconds" + worker)
                    .contains("dynamo_frontend_worker_active_decode_blocks" + worker)
                    .contains("dynamo_frontend_worker_active_prefill_tokens" + worker);
        }
    }

    @Test
    void leavingClientsAreCounted() {
        var pace = new java.util.concurrent.Semaphore(1);
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("xy").paced(pace));
        try (ServerFixture server = new ServerFixture(worker, options -> options)) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, chat("hi", "'stream':true").replace('\'', '"')));
                client.until("\"x\"");
            }
            ServerFixture.await(() -> server.node.running() == 0);
            String page = page(server);
            assertThat(value(page, "dynamo_frontend_disconnected_clients")).isEqualTo(1);
            assertThat(value(page, "dynamo_frontend_model_cancellation_total")).isEqualTo(1);
            assertThat(value(page, "dynamo_frontend_active_requests")).isZero();
        }
    }

    @Test
    void theLoopsDelayIsMeasured() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            server.get("/live");
            ServerFixture.await(() -> value(page(server), "dynamo_frontend_event_loop_delay_seconds_count") > 0);
        }
    }
}

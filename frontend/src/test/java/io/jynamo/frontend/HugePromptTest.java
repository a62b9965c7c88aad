package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.http.HttpLimits;
import io.jynamo.text.Encoded;
import io.jynamo.text.IncrementalDecoder;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import io.jynamo.text.template.SpecialTokens;
import io.jynamo.text.template.TemplateSources;
import io.jynamo.text.tokenizer.PrefixCachedTokenizer;
import io.jynamo.text.tokenizer.Tokenizers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of megabytes are refused, one after the other, and everybody else is answered meanwhile. */
@Timeout(60)
class HugePromptTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final int HUGE = 1_100_000;

    /** What is asked of it first waits, or fails as it is told; the rest is one id per byte. */
    private record Scripted(ByteTokenizer bytes, java.util.function.Consumer<String> before) implements Tokenizer {
        @Override
        public int[] encode(String text, SpecialText specials) {
            before.accept(text);
            return bytes.encode(text, specials);
        }

        @Override
        public int[] encodeFramed(String text, SpecialText specials) {
            before.accept(text);
            return bytes.encodeFramed(text, specials);
        }

        @Override
        public String decode(int[] ids, boolean skipSpecial) {
            return bytes.decode(ids, skipSpecial);
        }

        @Override
        public IncrementalDecoder newDecoder(boolean skipSpecial) {
            return bytes.newDecoder(skipSpecial);
        }

        @Override
        public int vocabularySize() {
            return bytes.vocabularySize();
        }

        @Override
        public OptionalInt findId(String token) {
            return bytes.findId(token);
        }

        @Override
        public String token(int id) {
            return bytes.token(id);
        }

        @Override
        public byte[] bytes(int id) {
            return bytes.bytes(id);
        }

        @Override
        public boolean isSpecial(int id) {
            return bytes.isSpecial(id);
        }
    }

    private static ServerFixture serving(Tokenizer tokenizer, int context) {
        var worker = new ScriptedWorker(context, request -> ScriptedWorker.Script.text("ok"));
        var server = new ServerFixture(
                worker,
                options -> options.withHttp(new HttpLimits(
                        45 << 20,
                        256 << 20,
                        32 * 1024,
                        8 * 1024,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5),
                        1_000,
                        256)));
        var template = TemplateSources.of("{% for m in messages %}{{ m.role + ':' + m.content + '\n' }}{% endfor %}");
        server.models.offer(new ServedModel(
                "org/other",
                "org/other",
                null,
                worker.card(),
                tokenizer,
                ChatPrompt.compile(template, SpecialTokens.of("<bos>", "<eos>")),
                ReplyFormat.PLAIN,
                server.router,
                ServedModel.PLAIN_SAMPLING,
                1_700_000_000));
        return server;
    }

    private static byte[] ask(String text) {
        return chat(text, "")
                .replace("org/test-model", "org/other")
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8);
    }

    private static CompletableFuture<HttpResponse<String>> send(ServerFixture server, String path, byte[] body) {
        HttpRequest request = server.request(path)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return server.client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void tenAtOnceAreAllRefusedAndAnOrdinaryOneIsAnswered() {
        Tokenizer real = new PrefixCachedTokenizer(byteLevel(), 1 << 20);
        int context = 131_072;
        try (ServerFixture server = serving(real, context)) {
            byte[] body = ask("x".repeat(10_000_000));
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                answers.add(send(server, CHAT, body));
            }
            assertThat(send(server, CHAT, ask("hi")).join().statusCode()).isEqualTo(200);
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.join().statusCode()).isEqualTo(400);
                assertThat(ServerFixture.error(answer.join(), "code")).isEqualTo("context_length_exceeded");
                assertThat(ServerFixture.error(answer.join(), "message"))
                        .isEqualTo(
                                "This model's maximum context length is 131072 tokens. However, your messages resulted "
                                        + "in more than 131072 tokens. Please reduce the length of the messages.");
            }
            ServerFixture.await(() -> server.node.running() == 0);
            assertThat(server.node.server().bufferedBytes()).isZero();
        }
    }

    @Test
    void hugeOnesTakeTurnsAndHoldUpNobody() throws InterruptedException {
        var release = new CountDownLatch(1);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        Tokenizer slow = new Scripted(new ByteTokenizer(), text -> {
            if (text.length() > HUGE) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                try {
                    release.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                inside.decrementAndGet();
            }
        });
        int several = 2 * Runtime.getRuntime().availableProcessors() + 4;
        try (ServerFixture server = serving(slow, 4_096)) {
            byte[] body = ask("x".repeat(HUGE));
            List<CompletableFuture<HttpResponse<String>>> huge = new ArrayList<>();
            for (int i = 0; i < several; i++) {
                huge.add(send(server, i % 2 == 0 ? CHAT : "/tokenize", body));
            }
            ServerFixture.await(
                    () -> inside.get() == 1 && server.node.server().bufferedBytes() >= (several - 1L) * HUGE);
            for (int i = 0; i < several; i++) {
                assertThat(send(server, CHAT, ask("hi " + i)).join().statusCode())
                        .isEqualTo(200);
                assertThat(send(server, "/tokenize", ask("hi " + i)).join().statusCode())
                        .isEqualTo(200);
            }
            assertThat(huge).noneMatch(CompletableFuture::isDone);
            release.countDown();
            for (int i = 0; i < several; i++) {
                assertThat(huge.get(i).join().statusCode()).isEqualTo(i % 2 == 0 ? 400 : 200);
            }
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void whoComesWhenTooManyHugeOnesWaitIsToldSo() {
        var release = new CountDownLatch(1);
        Tokenizer slow = new Scripted(new ByteTokenizer(), text -> {
            try {
                release.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        try (ServerFixture server = serving(slow, 4_096)) {
            byte[] body = ask("x".repeat(HUGE));
            List<CompletableFuture<HttpResponse<String>>> huge = new ArrayList<>();
            for (int i = 0; i < 70; i++) {
                huge.add(send(server, CHAT, body));
            }
            ServerFixture.await(
                    () -> huge.stream().filter(CompletableFuture::isDone).count() == 5);
            release.countDown();
            List<Integer> answers =
                    huge.stream().map(answer -> answer.join().statusCode()).toList();
            assertThat(answers).containsOnly(400, 529);
            assertThat(answers.stream().filter(status -> status == 529)).hasSize(5);
            ServerFixture.await(() -> server.node.running() == 0);
        }
    }

    @Test
    void aRequestThatNeedsMoreMemoryThanThereIsHasAnAnswer() {
        Tokenizer greedy = new Scripted(new ByteTokenizer(), text -> {
            if (text.contains("more")) {
                throw new OutOfMemoryError("as for an array that does not fit");
            }
        });
        try (ServerFixture server = serving(greedy, 4_096)) {
            for (String path : List.of(CHAT, "/tokenize")) {
                HttpResponse<String> refused = send(server, path, ask("more")).join();
                assertThat(refused.statusCode()).isEqualTo(529);
                assertThat(ServerFixture.error(refused, "message")).contains("memory");
                assertThat(send(server, path, ask("less")).join().statusCode()).isEqualTo(200);
            }
            ServerFixture.await(() -> server.node.running() == 0);
        }
    }

    @Test
    void hugeBodiesLeaveRoomForOthers() {
        HttpLimits tight = new HttpLimits(
                4 << 20,
                16 << 20,
                32 * 1024,
                8 * 1024,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                1_000,
                256);
        try (ServerFixture server = new ServerFixture(
                new ScriptedWorker(request -> ScriptedWorker.Script.text("ok")), options -> options.withHttp(tight))) {
            List<RawSocket> holders = new ArrayList<>();
            String head = "POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
            for (int i = 0; i < 7; i++) {
                RawSocket holder = new RawSocket(server.node.port());
                holder.say(head + "Content-Length: 2097152\r\n\r\n" + "x".repeat(2_000_000));
                holders.add(holder);
            }
            ServerFixture.await(() -> server.node.server().bufferedBytes() >= 14L << 20);
            byte[] huge = chat("x".repeat(2_000_000), "").replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            assertThat(send(server, CHAT, huge).join().statusCode()).isEqualTo(529);
            assertThat(server.post(CHAT, chat("y".repeat(900), "")).statusCode())
                    .isEqualTo(200);
            holders.forEach(RawSocket::leave);
            ServerFixture.await(() -> server.node.server().bufferedBytes() == 0);
        }
    }

    @Test
    void aPromptNotFarOverTheContextIsCounted() {
        try (ServerFixture server = serving(new ByteTokenizer(), 100)) {
            HttpResponse<String> near = send(server, CHAT, ask("x".repeat(150))).join();
            assertThat(ServerFixture.error(near, "message")).contains("your messages resulted in 156 tokens");
            HttpResponse<String> far = send(server, CHAT, ask("x".repeat(250))).join();
            assertThat(ServerFixture.error(far, "message")).contains("your messages resulted in more than 100 tokens");
            assertThat(new ByteTokenizer().encode("x".repeat(9), Tokenizer.SpecialText.PARSE, 8))
                    .isEqualTo(new Encoded.MoreThan(8));
        }
    }

    /** All bytes, and rows of four of one letter, in the shape of GPT-2's. */
    private static Tokenizer byteLevel() {
        var vocabulary = new LinkedHashMap<String, Object>();
        int shifted = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            vocabulary.put(String.valueOf((char) (printable ? b : shifted++)), b);
        }
        vocabulary.put("xx", 256);
        vocabulary.put("xxxx", 257);
        Map<String, Object> file = Map.of(
                "pre_tokenizer",
                Map.of("type", "ByteLevel", "add_prefix_space", false, "use_regex", true),
                "decoder",
                Map.of("type", "ByteLevel"),
                "model",
                Map.of("type", "BPE", "vocab", vocabulary, "merges", List.of("x x", "xx xx")));
        return Tokenizers.fromJson(ServerFixture.JSON.writeValueAsBytes(file));
    }
}

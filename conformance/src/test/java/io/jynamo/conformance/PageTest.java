package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The page in a real browser, before a fleet of real processes. {@code -Djynamo.screenshots=FOLDER} keeps pictures of it;
 * that of the README is {@code killed.png}, in docs/images as {@code page.png}.
 */
class PageTest {
    private static final String TEXT = "document.querySelector('.turn.assistant:last-of-type .text')?.innerText.length";
    private static final String META = "document.querySelector('.turn.assistant:last-of-type .meta')?.innerText";
    private static final String ENDED = "document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1";
    private static final String LIVE = "document.querySelector('#link').dataset.state === 'live'";
    private static final String MODEL_SHOWN = "document.querySelector('#model').options.length === 1";
    private static final String STORY = "Tell me a long story.";

    private static Browser browser;
    private static TestFleet fleet;
    private static FleetProcess frontend;
    private static int workers;

    private final List<FleetProcess> mine = new ArrayList<>();
    private FleetProcess server;
    private Tab tab;

    @BeforeAll
    static void start() {
        Optional<Path> chromium = Browser.find();
        assumeTrue(chromium.isPresent(), "not run: there is no chromium on this machine (apt-get install chromium)");
        fleet = new TestFleet();
        frontend = fleet.frontend("--router-mode", "round-robin");
        slowWorker(); // the one that stays
        TestFleet.awaitWorkers(frontend, ++workers);
        browser = Browser.start(chromium.get());
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    @BeforeEach
    void openATab() {
        server = frontend;
        tab = browser.open();
        tab.size(1400, 900, false);
    }

    /** Nothing the page does may be wrong in the browser's eyes, or leave this server. */
    @AfterEach
    void nothingWasWrong() {
        try {
            assertThat(tab.complaints()).isEmpty();
            assertThat(tab.requests())
                    .isNotEmpty()
                    .allSatisfy(uri -> assertThat(uri.getAuthority())
                            .as(uri.toString())
                            .isEqualTo(server.at("/").getAuthority()));
        } finally {
            tab.close();
            mine.forEach(FleetProcess::close);
        }
    }

    @Test
    void an_answer_streams_and_stops() {
        visit("/");
        ask(STORY, 1000);
        tab.await(TEXT + " > 20");
        int early = tab.value(TEXT).asInt();
        tab.await(TEXT + " > " + early);
        tab.click("#stop");
        tab.await(META + ".includes('stopped')");
        Metrics.await(server.at("/metrics"), "dynamo_frontend_active_requests", active -> active == 0);

        ask("And a short one.", 5);
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 2");
        assertThat(tab.value(META).asString()).contains("5 tokens", "first token", "length");
    }

    @Test
    void several_turns_are_sent_and_a_new_chat_forgets_them() {
        visit("/");
        ask("My name is Ada.", 3);
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
        double before = Metrics.sum(server.at("/metrics"), "dynamo_frontend_input_sequence_tokens_sum");
        ask("What is my name?", 3);
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 2");
        double both = Metrics.sum(server.at("/metrics"), "dynamo_frontend_input_sequence_tokens_sum") - before;
        tab.click("#fresh");
        assertThat(tab.value("document.querySelectorAll('.turn').length").asInt())
                .isZero();
        ask("What is my name?", 3);
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
        double alone = Metrics.sum(server.at("/metrics"), "dynamo_frontend_input_sequence_tokens_sum") - before - both;
        assertThat(both).as("prompt tokens of both turns, and of one alone").isGreaterThan(alone);
    }

    @Test
    void a_new_chat_knows_nothing_of_the_answer_it_broke_off() {
        visit("/");
        ask("Short.", 3);
        tab.await(ENDED);
        double before = Metrics.sum(server.at("/metrics"), "dynamo_frontend_input_sequence_tokens_sum");
        tab.click("#fresh");
        ask("Short.", 3);
        tab.await(ENDED);
        double alone = Metrics.sum(server.at("/metrics"), "dynamo_frontend_input_sequence_tokens_sum") - before;
        ask(STORY, 1000);
        tab.await(TEXT + " > 20");
        tab.click("#fresh");
        tab.await("document.querySelector('#send').hidden === false");
        Metrics.await(server.at("/metrics"), "dynamo_frontend_active_requests", active -> active == 0);
        double broken = Metrics.sum(server.at("/metrics"), "dynamo_frontend_input_sequence_tokens_sum");
        ask("Short.", 3);
        tab.await(ENDED);
        assertThat(Metrics.sum(server.at("/metrics"), "dynamo_frontend_input_sequence_tokens_sum") - broken)
                .isEqualTo(alone);
    }

    @Test
    void an_error_is_shown_with_its_code() {
        visit("/");
        ask("word ".repeat(5_000), 10);
        tab.await("document.querySelector('.error code')");
        assertThat(tab.text(".error code")).isEqualTo("context_length_exceeded");
        assertThat(tab.text(".error p")).contains("4096");
        assertThat(tab.value("document.querySelector('.error').getAttribute('role')")
                        .asString())
                .isEqualTo("alert");
        tab.complaints().removeIf(entry -> entry.contains("400 (Bad Request)")); // the browser's own note of it
    }

    @Test
    void it_can_be_used_by_keyboard_alone() {
        visit("/");
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 30 && !reached.contains("prompt"); i++) {
            tab.press("Tab");
            reached.add(tab.focused());
            assertThat(tab.value("getComputedStyle(document.activeElement).outlineStyle")
                            .asString())
                    .as("what shows that the focus is on " + tab.focused())
                    .isNotEqualTo("none");
        }
        assertThat(reached).contains("model", "fresh", "scroller", "prompt");
        tab.type(STORY);
        tab.press("Enter");
        tab.await(TEXT + " > 20");
        tab.press("Escape");
        tab.await(META + ".includes('stopped')");
        assertThat(tab.focused()).isEqualTo("prompt");
        for (int i = 0; i < 3 && !tab.focused().equals("send"); i++) {
            tab.press("Tab");
        }
        tab.press("Tab");
        assertThat(tab.value("document.activeElement.closest('#fleet') !== null")
                        .asBoolean())
                .as("the fleet can be scrolled by keyboard")
                .isTrue();
    }

    @Test
    void a_killed_workers_streams_go_on_in_the_page_and_the_event_appears() {
        FleetProcess victim = worker();
        visit("/");
        String number = numberOf(victim);
        try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 6; i++) {
                int tokens = 80 + 20 * i;
                var _ = others.submit(() -> StreamRecord.read(
                        server.at("/v1/chat/completions"), """
                        {"model":"%s","stream":true,"ignore_eos":true,"max_completion_tokens":%d,
                         "messages":[{"role":"user","content":"%s"}]}""".formatted(TestFleet.MODEL, tokens, STORY)));
            }
            askOn(number, 160);
            tab.await(TEXT + " > 40");
            victim.signal("KILL");
            tab.await(META + ".startsWith('worker " + number + " → ')");
            tab.await("[...document.querySelectorAll('#events li')].some(event => /worker " + number
                    + " gone, [0-9]+ streams? moved in [0-9.]+ m?s/.test(event.innerText))");
            tab.await("document.querySelector('#workers tr[data-state=gone]')");
            assertThat(tab.text("#streams .own .served")).startsWith(number + " → ");
            int before = tab.value(TEXT).asInt();
            tab.await(TEXT + " > " + (before + 60) + " || " + ENDED);
            assertThat(tab.value(META).asString()).matches("worker " + number + " → [0-9]+ · .*");
            screenshot("killed");
        }
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
        String moved = tab.text(".turn.assistant .text");
        assertThat(tab.value("document.querySelector('.error') === null").asBoolean())
                .isTrue();
        tab.click("#fresh");
        ask(STORY, 160);
        tab.await(ENDED);
        assertThat(moved).as("the same answer, undisturbed").isEqualTo(tab.text(".turn.assistant .text"));
    }

    @Test
    void a_draining_worker_is_shown_until_its_stream_has_ended() {
        FleetProcess leaving = worker();
        visit("/");
        String number = numberOf(leaving);
        askOn(number, 120);
        leaving.signal("TERM");
        tab.await("document.querySelector('#workers tr[data-state=draining]')");
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
        assertThat(tab.value(META).asString()).startsWith("worker " + number + " ·");
        tab.await(event("worker " + number + " draining"));
        tab.await(event("worker " + number + " gone"));
    }

    @Test
    void a_phone_shows_it_without_scrolling_sideways() {
        tab.size(360, 740, true);
        for (String scheme : List.of("light", "dark")) {
            tab.prefer("prefers-color-scheme", scheme);
            visit("/?" + scheme);
            ask("A-word-without-any-blank-".repeat(8), 20);
            tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
            assertNarrow();
            screenshot("phone-chat-" + scheme);
            tab.click("nav a[href=\"#fleet\"]");
            tab.await("document.querySelector('#workers tr')?.clientHeight > 0");
            tab.await("document.querySelector('.plot canvas')?.clientWidth > 100");
            assertNarrow();
            screenshot("phone-fleet-" + scheme);
        }
    }

    @Test
    void it_follows_the_readers_wishes_for_colour_and_motion() {
        visit("/");
        String paper = "getComputedStyle(document.body).backgroundColor";
        tab.prefer("prefers-color-scheme", "light");
        assertThat(brightness(tab.value(paper).asString())).isGreaterThan(200);
        tab.prefer("prefers-color-scheme", "dark");
        assertThat(brightness(tab.value(paper).asString())).isLessThan(50);
        tab.await("document.querySelector('.bar i')");
        String duration = "getComputedStyle(document.querySelector('.bar i')).transitionDuration";
        assertThat(tab.value(duration).asString()).isNotEqualTo("0s");
        tab.prefer("prefers-reduced-motion", "reduce");
        assertThat(tab.value(duration).asString()).isEqualTo("0s");
    }

    @Test
    void what_is_said_is_text_and_never_markup() {
        visit("/");
        String markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";
        ask(markup, 5);
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
        assertThat(tab.text(".turn.user .text")).isEqualTo(markup);
        assertThat(tab.value("document.querySelectorAll('.turn img, .turn script').length")
                        .asInt())
                .isZero();
    }

    @Test
    void a_server_with_keys_is_asked_with_the_readers() {
        server = fleet.frontend("--api-key", "open sesame");
        mine.add(server);
        tab.visit(server.at("/"));
        tab.await("document.querySelector('#key-dialog').open");
        tab.type("wrong");
        tab.press("Enter");
        tab.await("document.querySelector('#key-why').innerText.includes('does not know')");
        tab.type("open sesame");
        tab.press("Enter");
        tab.await(LIVE);
        tab.await(MODEL_SHOWN);
        ask("Hello", 5);
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
        assertThat(tab.value("localStorage.length + document.cookie.length").asInt())
                .as("where the key is not kept")
                .isZero();
        tab.complaints().removeIf(entry -> entry.contains("401 (Unauthorized)")); // the browser's own notes
    }

    /** A worker at a reader's pace: some 20 tokens a second. */
    private static FleetProcess slowWorker() {
        return fleet.worker("--speedup-ratio", "0.15", "--kv-blocks", "256");
    }

    private FleetProcess worker() {
        FleetProcess started = slowWorker();
        mine.add(started);
        TestFleet.awaitWorkers(frontend, ++workers);
        return started;
    }

    private void visit(String path) {
        tab.visit(server.at(path));
        tab.await(LIVE);
        tab.await(MODEL_SHOWN);
    }

    /** Types a message and sends it, with an answer of so many tokens at most. */
    private void ask(String message, int tokens) {
        tab.value("document.querySelector('#max-tokens').value = " + tokens);
        tab.value("document.querySelector('#seed').value = 7"); // the same question has the same answer
        tab.value("document.querySelector('#prompt').focus()");
        tab.type(message);
        tab.press("Enter");
        tab.await("document.querySelector('.turn.assistant[aria-busy], .turn.assistant .error')"
                + " || document.querySelector('#send').hidden === false");
    }

    /** Asks until the worker of this number answers: one of two does, in turn. */
    private void askOn(String number, int tokens) {
        for (int i = 0; i < 6; i++) {
            tab.click("#fresh");
            ask(STORY, tokens);
            tab.await(META + ".startsWith('worker ')");
            if (tab.value(META).asString().startsWith("worker " + number + " ")) {
                return;
            }
        }
        throw new AssertionError("worker " + number + " was never chosen:\n" + server.log());
    }

    private static String event(String text) {
        return "[...document.querySelectorAll('#events li')].some(event => event.innerText.endsWith('" + text + "'))";
    }

    /** By which number the page calls a worker, found by its process. */
    private String numberOf(FleetProcess worker) {
        return Http.get(server.at("/v1/fleet"))
                .json()
                .path("workers")
                .valueStream()
                .filter(one -> one.path("pid").asLong() == worker.pid())
                .findFirst()
                .orElseThrow()
                .path("number")
                .asString();
    }

    private void assertNarrow() {
        assertThat(tab.value("document.documentElement.scrollWidth").asInt()).isLessThanOrEqualTo(360);
        assertThat(tab.value("[...document.querySelectorAll('body *')].filter(one => one.getClientRects().length"
                                + " && one.getBoundingClientRect().right > 361 && !one.closest('.plot, .unseen'))"
                                + ".map(one => one.tagName + '.' + one.className).join(' ')")
                        .asString())
                .as("what sticks out")
                .isEmpty();
    }

    private void screenshot(String name) {
        String folder = System.getProperty("jynamo.screenshots");
        if (folder != null) {
            tab.screenshot(Path.of(folder, name + ".png"));
        }
    }

    private static int brightness(String colour) {
        String[] parts = colour.replaceAll("[^0-9,]", "").split(",", -1);
        return (Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]) + Integer.parseInt(parts[2])) / 3;
    }
}

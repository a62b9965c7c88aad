package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The page in a real browser, before a fleet of real processes. {@code -Djynamo.screenshots=FOLDER} keeps pictures of it.
 */
class PageTest {
    private static final String ANSWER =
            "document.querySelector('.turn.assistant:last-of-type .text')?.innerText.length";
    private static final String LIVE = "document.querySelector('#link').dataset.state === 'live'";
    private static final String MODEL_SHOWN = "document.querySelector('#model').options.length === 1";

    private static Browser browser;
    private static TestFleet fleet;
    private static FleetProcess frontend;
    private static int workers;

    private final List<FleetProcess> mine = new ArrayList<>();
    private Tab tab;

    @BeforeAll
    static void start() {
        Optional<Path> chromium = Browser.find();
        assumeTrue(chromium.isPresent(), "not run: there is no chromium on this machine (apt-get install chromium)");
        fleet = new TestFleet();
        frontend = fleet.frontend("--router-mode", "round-robin");
        fleet.worker(); // the one that stays
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
                    .allSatisfy(uri -> assertThat(uri.getScheme().equals("about")
                                    || uri.getAuthority()
                                            .equals(frontend.at("/").getAuthority()))
                            .as(uri.toString())
                            .isTrue());
        } finally {
            tab.close();
            mine.forEach(FleetProcess::close);
        }
    }

    @Test
    void an_answer_streams_and_stops() {
        visit("/");
        ask("Tell me a long story.", 4000);
        tab.await(ANSWER + " > 20");
        int early = tab.value(ANSWER).asInt();
        tab.await(ANSWER + " > " + early);
        tab.click("#stop");
        tab.await("document.querySelector('.turn.assistant .meta').innerText.includes('stopped')");
        Metrics.await(frontend.at("/metrics"), "dynamo_frontend_active_requests", active -> active == 0);
        tab.await("!document.querySelector('#send').hidden");

        ask("And a short one.", 5);
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 2");
        assertThat(tab.text(".turn.assistant:last-of-type .meta")).contains("5 tokens", "first token", "length");
        assertThat(tab.text(".turn.assistant:last-of-type .meta")).contains("worker ");
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
        // Chromium itself writes down each refused request.
        tab.complaints().removeIf(entry -> entry.contains("400 (Bad Request)"));
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
        tab.type("Hello there");
        tab.press("Enter");
        tab.await(ANSWER + " > 20");
        tab.press("Escape");
        tab.await("document.querySelector('.turn.assistant .meta').innerText.includes('stopped')");
        assertThat(tab.focused()).isEqualTo("prompt");
    }

    @Test
    void a_killed_workers_stream_goes_on_in_the_page_and_the_event_appears() {
        FleetProcess victim = worker();
        visit("/");
        tab.await("document.querySelectorAll('#workers tr[data-state=ready]').length === 2");
        String number = numberOf(victim);
        String onVictim = "document.querySelector('.turn.assistant:last-of-type .meta')?.innerText.startsWith('worker "
                + number + " ')";
        // Round robin: one of two is given to the worker that dies.
        for (int i = 0; i < 4 && !onVictim(onVictim); i++) {
            tab.click("#fresh");
            ask("Tell me a long story.", 1500);
            tab.await("document.querySelector('.turn.assistant .meta')?.innerText.startsWith('worker ')");
        }
        tab.await(ANSWER + " > 100");
        victim.signal("KILL");
        int before = tab.value(ANSWER).asInt();
        tab.await("document.querySelector('.turn.assistant .meta').innerText.startsWith('worker " + number + " → ')");
        tab.await(ANSWER + " > " + (before + 200));
        tab.await("[...document.querySelectorAll('#events li')].some(event => /worker " + number
                + " gone, 1 stream moved in [0-9.]+ m?s/.test(event.innerText))");
        tab.await("document.querySelector('#workers tr[data-state=gone]')");
        assertThat(tab.text("#streams .moved .served")).contains(number + " → ");
        screenshot("killed");
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
        assertThat(tab.text(".turn.assistant .meta")).contains("1,500 tokens", "length");
        assertThat(tab.value("document.querySelector('.error')").isNull()).isTrue();
    }

    @Test
    void a_draining_worker_is_shown_until_its_stream_has_ended() {
        FleetProcess leaving = worker();
        visit("/#fleet");
        tab.await("document.querySelectorAll('#workers tr[data-state=ready]').length === 2");
        String number = numberOf(leaving);
        leaving.signal("TERM");
        tab.await("[...document.querySelectorAll('#events li')].some(event => event.innerText.endsWith('worker "
                + number + " gone'))");
    }

    @Test
    void a_phone_shows_it_without_scrolling_sideways() {
        tab.size(360, 740, true);
        for (String scheme : List.of("light", "dark")) {
            tab.prefer("prefers-color-scheme", scheme);
            visit("/#chat");
            ask("A-word-without-any-blank-".repeat(8), 30);
            tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length >= 1");
            assertNarrow();
            screenshot("phone-chat-" + scheme);
            tab.click("nav a[href=\"#fleet\"]");
            tab.await("document.querySelector('#workers tr')?.clientHeight > 0");
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
        tab.prefer("prefers-reduced-motion", "reduce");
        tab.await("document.querySelector('.bar i')");
        assertThat(tab.value("getComputedStyle(document.querySelector('.bar i')).transitionDuration")
                        .asString())
                .isEqualTo("0s");
    }

    @Test
    void what_a_model_says_is_text_and_never_markup() {
        visit("/");
        ask("<img src=x onerror=alert(1)><script>alert(2)</script>", 5);
        tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
        assertThat(tab.text(".turn.user .text")).isEqualTo("<img src=x onerror=alert(1)><script>alert(2)</script>");
        assertThat(tab.value("document.querySelectorAll('.turn img, .turn script').length")
                        .asInt())
                .isZero();
    }

    @Test
    void a_server_with_keys_is_asked_with_the_readers() {
        FleetProcess locked = fleet.frontend("--api-key", "open sesame");
        mine.add(locked);
        FleetProcess open = frontend;
        frontend = locked;
        try {
            tab.visit(locked.at("/"));
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
            tab.complaints().removeIf(entry -> entry.contains("401 (Unauthorized)"));
            nothingCalledElsewhere(locked.at("/"));
        } finally {
            tab.requests().clear();
            tab.requests().add(URI.create("about:blank"));
            frontend = open;
        }
    }

    private void nothingCalledElsewhere(URI server) {
        assertThat(tab.requests())
                .allSatisfy(uri -> assertThat(uri.getAuthority()).isIn(null, server.getAuthority()));
    }

    private boolean onVictim(String condition) {
        return tab.value("Boolean(" + condition + ")").asBoolean();
    }

    private FleetProcess worker() {
        FleetProcess started = fleet.worker();
        mine.add(started);
        TestFleet.awaitWorkers(frontend, ++workers);
        return started;
    }

    private void visit(String path) {
        tab.visit(frontend.at(path));
        tab.await(LIVE);
        tab.await(MODEL_SHOWN);
    }

    /** Types a message and sends it, with an answer of so many tokens at most. */
    private void ask(String message, int tokens) {
        tab.value("document.querySelector('#max-tokens').value = " + tokens);
        tab.value("document.querySelector('#prompt').focus()");
        tab.type(message);
        tab.press("Enter");
        tab.await("document.querySelector('.turn.assistant')");
    }

    /** By which number the page calls a worker, found by its process. */
    private String numberOf(FleetProcess worker) {
        return Http.get(frontend.at("/v1/fleet"))
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

package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page before a local graph, where its buttons have a hand on the workers' processes. */
class GraphPageTest {
    private static final String META = "document.querySelector('.turn.assistant:last-of-type .meta')?.innerText";
    private static final String TEXT = "document.querySelector('.turn.assistant:last-of-type .text')?.innerText.length";

    @TempDir
    Path state;

    private Command jynamo(String... arguments) {
        List<String> line = new ArrayList<>(List.of(Command.jynamo().toString()));
        line.addAll(List.of(arguments));
        return Command.run(line, Map.of("XDG_STATE_HOME", state.toString()));
    }

    @AfterEach
    void stop() {
        jynamo("stop", "sim-16");
    }

    @Test
    void a_worker_killed_by_the_button_loses_no_stream_and_comes_back() {
        Optional<Path> chromium = Browser.find();
        assumeTrue(chromium.isPresent(), "not run: there is no chromium on this machine (apt-get install chromium)");
        Command up = jynamo(
                "up",
                "sim-16",
                "--detach",
                "--set",
                "frontend.port=0",
                "--set",
                "worker.replicas=2",
                "--set",
                "worker.speedup-ratio=0.15");
        assertThat(up.exitCode()).as(up.err()).isZero();
        URI frontend = URI.create(up.out().strip().substring("ready ".length()));
        try (Browser browser = Browser.start(chromium.get());
                Tab tab = browser.open()) {
            tab.size(1400, 900, false);
            tab.visit(frontend.resolve("/"));
            tab.await("document.querySelectorAll('#workers tr[data-state=ready]').length === 2");
            tab.await("document.querySelector('#model').options.length === 1");
            tab.value("document.querySelector('#max-tokens').value = 160");
            tab.value("document.querySelector('#seed').value = 7");
            tab.value("document.querySelector('#prompt').focus()");
            tab.type("Tell me a long story.");
            tab.press("Enter");
            tab.await(META + ".startsWith('worker ') && " + TEXT + " > 20");
            String number = tab.value(META).asString().split(" ", 3)[1];

            tab.click("button[aria-label=\"Kill worker " + number + "\"]");
            tab.await("document.querySelector('#confirm').open");
            tab.click("#confirm-yes");
            tab.await(META + ".startsWith('worker " + number + " → ')");
            tab.await("[...document.querySelectorAll('#events li')].some(event => /worker " + number
                    + " gone, 1 stream moved in [0-9.]+ m?s/.test(event.innerText))");
            tab.await("document.querySelectorAll('.turn.assistant:not([aria-busy])').length === 1");
            assertThat(tab.value("document.querySelector('.error') === null").asBoolean())
                    .isTrue();
            assertThat(tab.value(META).asString()).matches("worker " + number + " → [0-9]+ · [0-9]+ tokens · .*");

            tab.await("document.querySelectorAll('#workers tr[data-state=ready]').length === 2");
            tab.await(
                    "[...document.querySelectorAll('#events li')].some(event => event.innerText.endsWith('worker 3 joined'))");
            assertThat(tab.complaints()).isEmpty();
        }
    }
}

package io.jynamo.cli.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.cli.settings.ParserOptions;
import io.jynamo.cli.settings.RouterSettings;
import io.jynamo.cli.text.ModelText;
import io.jynamo.frontend.ModelRegistry;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.ReplyParsers;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.text.reply.ReplyFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose word counts for how a model's replies are read: the frontend's, its worker's card, its chat template. */
class FleetParsersTest {
    private static final ReplyFormat GUESSED =
            ReplyFormat.PLAIN.withCalls("mistral").withReasoning("granite");

    private final ModelRegistry registry = new ModelRegistry();
    private @Nullable Fleet fleet;

    /** A worker of which nothing but its card is asked. */
    private record Carded(WorkerId id, ModelCard card) implements Worker {
        @Override
        public Generation start(GenerationRequest request, OutputSink sink) {
            throw new AssertionError("nobody asks it");
        }

        @Override
        public WorkerLoad load() {
            return new WorkerLoad(0, 0, 0, 0, 0);
        }

        @Override
        public AutoCloseable subscribe(Consumer<KvEvent> listener) {
            return () -> {};
        }
    }

    @AfterEach
    void end() {
        if (fleet != null) {
            fleet.close();
        }
    }

    private static ReplyParsers card(@Nullable String calls, @Nullable String reasoning) {
        return new ReplyParsers(calls, reasoning);
    }

    private Fleet fleet(Optional<String> calls) {
        var sources = new Configuration.Sources(Map.of(), Map.of(), YamlFile.NONE);
        var configuration = Configuration.resolve(RouterSettings.WITH_COSTS, sources, new Problems());
        fleet = new Fleet(
                registry,
                RouterSettings.read(configuration),
                new ParserOptions(calls, Optional.empty()),
                Optional.empty());
        return fleet;
    }

    private static void add(Fleet fleet, long id, ReplyParsers parsers) {
        var card = new ModelCard("m", "simulated", 5000, 4096, 4096, 16, 100, 512, 8, Set.of(2), null)
                .withParsers(parsers);
        ModelText plain = ModelText.simulated();
        var text = new ModelText(plain.tokenizer(), plain.prompt(), GUESSED, plain.sampling());
        fleet.add(new Carded(new WorkerId(id), card), List.of("m", "alias"), text, "digest");
    }

    private List<ReplyFormat> formats() {
        return registry.ready().stream()
                .map(model -> model.replies())
                .distinct()
                .toList();
    }

    @Test
    void aCardCountsMoreThanTheTemplateAndForEveryName() {
        add(fleet(Optional.empty()), 1, card("hermes", null));
        assertThat(formats()).containsExactly(GUESSED.withCalls("hermes"));
    }

    @Test
    void aFlagCountsMoreThanTheCard() {
        add(fleet(Optional.of("glm45")), 1, card("hermes", "none"));
        assertThat(formats()).containsExactly(ReplyFormat.PLAIN.withCalls("glm45"));
    }

    @Test
    void whereNobodySaysAnythingTheTemplateCounts() {
        add(fleet(Optional.empty()), 1, ReplyParsers.UNTOLD);
        assertThat(formats()).containsExactly(GUESSED);
    }

    @Test
    void aWorkerWithAParserThatIsNotKnownHereIsRefused() {
        Fleet here = fleet(Optional.empty());
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> add(here, 1, card("telepathy", null)))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .withMessageContainingAll("`m`", "telepathy", "tool-call parser");
        assertThat(registry.stages()).isEmpty();
        add(here, 2, card("hermes", null));
        assertThat(formats()).hasSize(1);
    }

    @Test
    void aFlagMakesAnUnknownNameOfACardHarmless() {
        add(fleet(Optional.of("hermes")), 1, card("telepathy", null));
        assertThat(formats()).containsExactly(GUESSED.withCalls("hermes"));
    }

    @Test
    void workersOfOneNameAreReadAlike() {
        Fleet here = fleet(Optional.empty());
        add(here, 1, card("hermes", null));
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> add(here, 2, card("pythonic", null)))
                .withMessageContainingAll("other parsers", "pythonic", "hermes");
        add(here, 3, card("qwen3", "granite")); // another name for the same, and what the template shows
        assertThat(registry.ready().getFirst().router().status().workers()).hasSize(2);
    }

    @Test
    void anotherParserMayComeOnceTheLastWorkerLeft() {
        Fleet here = fleet(Optional.empty());
        add(here, 1, card("hermes", null));
        here.remove(new WorkerId(1));
        add(here, 2, card("pythonic", null));
        assertThat(formats()).containsExactly(GUESSED.withCalls("pythonic"));
    }
}

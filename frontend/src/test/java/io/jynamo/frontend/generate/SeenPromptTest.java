package io.jynamo.frontend.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.media.MediaRuns;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediumName;
import io.jynamo.protocol.Modality;
import io.jynamo.text.template.MediaTokens;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where media stand in prompts that routers get, and how their lengths are learned. */
class SeenPromptTest {
    private static final int PAD = 99;
    private static final int FILM = 98;
    private static final MediaTokens TOKENS = new MediaTokens(Map.of(Modality.IMAGE, PAD, Modality.VIDEO, FILM));
    private static final Media CAT = new Media(Modality.IMAGE, "image/png", new byte[] {1});
    private static final Media DOG = new Media(Modality.IMAGE, "image/png", new byte[] {2});
    private static final Media WALK = new Media(Modality.VIDEO, "video/mp4", new byte[] {1});

    private final MediaRuns runs = new MediaRuns();
    private final MediaRuns.OfModel ofModel = runs.of("m");

    private @Nullable SeenPrompt find(List<Media> media, int... ids) {
        return SeenPrompt.find(ids, media, TOKENS, ofModel);
    }

    private SeenPrompt seen(List<Media> media, int... ids) {
        return Objects.requireNonNull(find(media, ids));
    }

    private static int[] within(SeenPrompt prompt) {
        return prompt.within(CacheScope.SHARED).toArray();
    }

    private static int[] marked(Media medium, int count) {
        int[] marks = new int[count];
        MediumName.mark(marks, 0, count, MediumName.of(medium).digest(), 0);
        return marks;
    }

    @Test
    void aMediumIsAsLongAsItWasBefore() {
        SeenPrompt first = seen(List.of(CAT), 5, PAD, 6);
        int[] cat = marked(CAT, 3);
        assertThat(within(first)).containsExactly(5, cat[0], 6);
        first.onCounted(5);
        assertThat(within(first)).containsExactly(5, cat[0], cat[1], cat[2], 6);
        assertThat(within(seen(List.of(CAT), PAD))).containsExactly(cat);
        assertThat(runs.of("other").find(MediumName.of(CAT))).isZero();
    }

    @Test
    void theOnlyUnknownOneOfSeveralIsLearned() {
        SeenPrompt both = seen(List.of(CAT, DOG), PAD, PAD);
        both.onCounted(7);
        assertThat(within(both)).as("which of them is how long is not said").hasSize(2);
        seen(List.of(CAT), 5, PAD).onCounted(4);
        both.onCounted(7);
        assertThat(within(both)).startsWith(marked(CAT, 3)).endsWith(marked(DOG, 4));
        SeenPrompt twice = seen(List.of(WALK, WALK), FILM, FILM);
        twice.onCounted(10);
        assertThat(within(twice)).startsWith(marked(WALK, 5)).endsWith(marked(WALK, 5));
    }

    @Test
    void whatDoesNotAddUpIsForgotten() {
        SeenPrompt prompt = seen(List.of(CAT), 5, PAD);
        prompt.onCounted(4);
        prompt.onCounted(4);
        assertThat(within(prompt)).hasSize(4);
        prompt.onCounted(9);
        assertThat(within(prompt)).hasSize(2);
        prompt.onCounted(1);
        assertThat(within(prompt)).as("no medium is nothing").hasSize(2);
    }

    @Test
    void mediaStandWhereTheirKindIsWritten() {
        SeenPrompt prompt = seen(List.of(WALK, CAT, DOG), 1, PAD, 2, FILM, 3, PAD);
        assertThat(within(prompt)).containsExactly(1, marked(CAT, 1)[0], 2, marked(WALK, 1)[0], 3, marked(DOG, 1)[0]);
    }

    @Test
    void aTemplateThatWritesAnotherNumberIsNotFollowed() {
        assertThat(find(List.of(CAT), 5, 6)).isNull();
        assertThat(find(List.of(CAT), PAD, PAD)).as("a client's own text").isNull();
        assertThat(find(List.of(new Media(Modality.AUDIO, "audio/wav", new byte[] {1})), 5))
                .isNull();
    }

    @Test
    void thoseWithASaltOfTheirOwnShareNothing() {
        SeenPrompt prompt = seen(List.of(CAT), PAD);
        assertThat(prompt.within(new CacheScope(null, "a")).toArray())
                .isNotEqualTo(prompt.within(new CacheScope(null, "b")).toArray());
    }
}

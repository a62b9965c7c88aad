package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.media.MediaBudget;
import io.jynamo.frontend.media.MediaLoader;
import io.jynamo.frontend.media.MediaOwner;
import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.media.MediaRefusal;
import io.jynamo.frontend.media.MediaRuns;
import io.jynamo.frontend.openai.MediaShapes;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.Modality;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Where requests get their media: from their own bodies at once, from the network on a thread that waits, which ends with its run. */
public final class MediaGate {
    private final MediaLoader loader;
    private final Lanes lanes;
    private final MediaRuns runs;

    /** @param runs what media became, as far as engines have told */
    public MediaGate(MediaLoader loader, Lanes lanes, MediaRuns runs) {
        this.loader = loader;
        this.lanes = lanes;
        this.runs = runs;
    }

    MediaRuns runs() {
        return runs;
    }

    /** Who wants to know what came of it; one of the two is told, unless the run ends first. */
    record Outcome(Consumer<List<Media>> loaded, Consumer<Throwable> refused) {}

    /**
     * Refuses media that no worker of the model reads.
     *
     * @throws Refusal UNSUPPORTED_PARAMETER, naming the part
     */
    static void requireRead(List<MediaPart> parts, ServedModel model) {
        for (MediaPart part : parts) {
            Modality modality = part.form().modality();
            if (!model.card().reads(modality)) {
                throw Refusal.unsupported(
                        part.path(),
                        "`" + part.path() + "` is " + article(modality) + ", and `" + model.name() + "` reads none: "
                                + "leave it out, ask a model that /v1/models lists with it, or say --modalities "
                                + modality.id() + " to its worker where its engine takes them.");
            }
        }
    }

    /**
     * Media that need not be fetched, for those who only look at a request.
     *
     * @throws Refusal UNSUPPORTED_PARAMETER, naming a part that must be
     */
    static List<Media> inline(List<MediaPart> parts, ServedModel model) {
        requireRead(parts, model);
        List<Media> media = new ArrayList<>();
        for (MediaPart part : parts) {
            switch (part.source()) {
                case MediaPart.Source.Inline(Media its) -> media.add(its);
                case MediaPart.Source.Remote _ ->
                    throw Refusal.unsupported(
                            part.path(), "`" + part.path() + "` is not fetched here; send a data: URL.");
            }
        }
        return media;
    }

    private static String article(Modality modality) {
        return modality == Modality.VIDEO ? "a video" : modality == Modality.IMAGE ? "an image" : "audio";
    }

    /**
     * Gets the media of a run; the outcome is told on this thread, or on another where something had to be fetched. They are held until the
     * run ends.
     */
    void load(Run run, Attempt attempt, List<MediaPart> parts, Outcome outcome) {
        KeyTerms terms = attempt.terms();
        MediaOwner owner = new MediaOwner(terms.name(), terms.salt(null));
        MediaBudget.Lease lease = loader.budget().open();
        attempt.sight().hold(lease);
        if (MediaLoader.isRemote(parts)) {
            run.waits().enter(lanes.waiting(), () -> tell(run, parts, owner, lease, back(outcome)));
        } else {
            tell(run, parts, owner, lease, outcome);
        }
    }

    /** The same, told of media on a thread that prepares requests. */
    private Outcome back(Outcome outcome) {
        return new Outcome(
                media -> {
                    try {
                        lanes.ordinary().execute(() -> outcome.loaded().accept(media));
                    } catch (RejectedExecutionException full) {
                        outcome.refused()
                                .accept(new JynamoException(
                                        ErrorCode.OVERLOADED, "The server is too busy; try again shortly.", full));
                    }
                },
                outcome.refused());
    }

    private void tell(Run run, List<MediaPart> parts, MediaOwner owner, MediaBudget.Lease lease, Outcome outcome) {
        List<Media> media;
        try {
            media = loader.load(parts, owner, lease, run.limit().endNanos());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            outcome.refused().accept(new JynamoException(ErrorCode.NOT_READY, "the server is stopping", ended));
            return;
        } catch (MediaRefusal refused) {
            outcome.refused().accept(MediaShapes.refusal(refused, "messages"));
            return;
        } catch (RuntimeException | Error failed) {
            // Whatever it is, a thread that ended with it would leave the client without an answer.
            outcome.refused().accept(failed);
            return;
        }
        outcome.loaded().accept(media);
    }
}

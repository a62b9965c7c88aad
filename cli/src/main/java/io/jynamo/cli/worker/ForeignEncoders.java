package io.jynamo.cli.worker;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.settings.ForeignOptions;
import io.jynamo.cli.text.TextSide;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.openai.EmbeddingServer;
import io.jynamo.engine.weights.EncoderConfig;
import io.jynamo.engine.weights.EncoderWeights;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Joins servers of others that make embeddings: each is one worker, which is in reach as long as its server answers. */
final class ForeignEncoders implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final Thread thread;

    private ForeignEncoders(List<? extends Offers> offers) {
        thread = Thread.ofVirtual().name("encoder-state").start(() -> follow(offers));
    }

    /**
     * Returns once all of them are offered.
     *
     * @param files the model's folder: its tokenizer and what it says of itself
     * @throws JynamoException INVALID_CONFIGURATION where one would have to be launched, or what joining the first that cannot be
     *     joined says
     */
    static void join(WorkerSetup setup, Path files, Loading loading, Lifecycle lifecycle) {
        ForeignOptions told = setup.foreign();
        TextSide text = TextSide.of(files);
        EncoderConfig config = EncoderWeights.configOf(files);
        var model = new EmbeddingServer.Model(
                config.architecture(),
                setup.model().maxModelLen().orElse(config.maxTokens()),
                Math.min(config.vocabularySize(), text.text().tokenizer().vocabularySize()));
        List<ForeignOptions.Target> targets = told.targets();
        for (int i = 0; i < targets.size(); i++) {
            Offers offers = loading.offers().get(i);
            URI url = targets.get(i)
                    .url()
                    .orElseThrow(() -> new JynamoException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "engines are not launched for encoders; start one that makes embeddings, and name it with"
                                    + " --attach"));
            AttachOptions plain = AttachOptions.of(url);
            AttachOptions options = told.apiKey().map(plain::withApiKey).orElse(plain);
            EmbeddingServer server =
                    lifecycle.own(EmbeddingServer.attach(offers.ids().getFirst(), options, model));
            lifecycle.own(offers::withdraw);
            offers.ready(List.of(server), text);
        }
        lifecycle.own(new ForeignEncoders(loading.offers()));
    }

    private static void follow(List<? extends Offers> offers) {
        try {
            while (!Thread.interrupted()) {
                Thread.sleep(BETWEEN_LOOKS);
                offers.forEach(each -> each.follow(true));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.CompletionRequest;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import org.jspecify.annotations.Nullable;

/**
 * A client that reads its own requests and takes text as values, not as bytes of an HTTP answer. What it is told before any of
 * its text, its exchange is told ({@link io.jynamo.frontend.http.Exchange#respond}). All but {@link #parse} on the event loop.
 */
public interface DirectClient {
    /** The value of the metrics' label {@code endpoint}. */
    String endpoint();

    /**
     * Reads and checks the exchange's body, on a preparing thread.
     *
     * @throws io.jynamo.frontend.openai.Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException for what is about no field
     */
    CompletionRequest parse(byte[] body, int count);

    /**
     * A choice has new text or has ended; one that is not streamed comes once, whole.
     *
     * @param finish why it ended, or null while it goes on
     */
    void onText(int choice, String text, @Nullable String finish);

    /** Lets everything that it was told leave, and says whether there was anything. */
    boolean flush();

    /** Every choice has ended. */
    void onComplete(UsageCount usage);

    /** It cannot go on. */
    void onFailure(GenerationEnd.Failure failure);
}

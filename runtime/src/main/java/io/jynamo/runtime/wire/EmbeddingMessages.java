package io.jynamo.runtime.wire;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenIds;
import io.jynamo.runtime.wire.v1.Embed;
import io.jynamo.runtime.wire.v1.EmbedText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A request for vectors as the message that starts it, and back; vectors as bytes. */
public final class EmbeddingMessages {
    private static final Duration LONGEST = Duration.ofDays(30);

    private EmbeddingMessages() {}

    /**
     * The message of a request.
     *
     * @param stream the number the session knows it by
     */
    public static Embed message(int stream, EmbeddingRequest request) {
        Embed.Builder embed = Embed.newBuilder()
                .setStream(stream)
                .setRequestId(request.id().value())
                .setPriority(request.priority())
                .setTimeLimitMillis(Math.max(1, request.timeLimit().toMillis()));
        for (Text text : request.texts()) {
            EmbedText.Builder message = EmbedText.newBuilder();
            for (int i = 0; i < text.tokens().count(); i++) {
                message.addTokens(text.tokens().at(i));
            }
            if (text.secondAt() < text.tokens().count()) {
                message.setSecondAt(text.secondAt());
            }
            if (text.text() != null) {
                message.setText(text.text());
            }
            embed.addTexts(message);
        }
        return embed.build();
    }

    /**
     * The request of a message.
     *
     * @throws JynamoException INVALID_REQUEST, saying what cannot be
     */
    public static EmbeddingRequest request(Embed embed) {
        try {
            List<Text> texts = new ArrayList<>(embed.getTextsCount());
            for (EmbedText message : embed.getTextsList()) {
                TokenIds tokens = RequestMessages.ids(message.getTokensCount(), message::getTokens);
                texts.add(new Text(
                        tokens,
                        message.hasSecondAt() ? message.getSecondAt() : tokens.count(),
                        message.hasText() ? message.getText() : null));
            }
            long limit = embed.getTimeLimitMillis();
            return new EmbeddingRequest(
                    new RequestId(embed.getRequestId()),
                    texts,
                    embed.getPriority(),
                    limit < 0 || limit > LONGEST.toMillis() ? LONGEST : Duration.ofMillis(limit));
        } catch (IllegalArgumentException impossible) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST, "the request cannot be: " + impossible.getMessage(), impossible);
        }
    }

    /** Tokens of all texts of a message. */
    public static int tokens(Embed embed) {
        long sum = 0;
        for (EmbedText text : embed.getTextsList()) {
            sum += text.getTokensCount();
        }
        return (int) Math.min(sum, Integer.MAX_VALUE);
    }

    /** Numbers {@code from} to {@code to - 1} as bytes. */
    public static ByteString bytes(float[] numbers, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate((to - from) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers, from, to - from);
        return ByteString.copyFrom(bytes);
    }

    /**
     * Writes the numbers of a piece.
     *
     * @return where the next piece goes
     * @throws IllegalArgumentException for bytes that are no floats, or more of them than there is room for
     */
    public static int read(ByteString piece, float[] numbers, int at) {
        int count = piece.size() / Float.BYTES;
        if (piece.size() % Float.BYTES != 0 || count > numbers.length - at) {
            throw new IllegalArgumentException(
                    piece.size() + " bytes of vectors where " + (numbers.length - at) + " numbers are left");
        }
        piece.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(numbers, at, count);
        return at + count;
    }
}

package io.jynamo.protocol;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with media, for an engine that makes its own prompt of it.
 *
 * @param pieces the JSON of an array of messages as OpenAI's chats have it, cut within a text wherever media stand: between
 *     one piece and the next belongs the base64 of one of them. One piece more than there are media
 * @param media in their order there, at least one
 * @param tools the JSON of an array of functions that the model may call, or null
 * @param templateArguments the JSON of an object with variables for the chat template, or null
 * @param addGenerationPrompt the prompt ends with the opening of an answer
 * @param continueFinalMessage it ends within the last message; not both
 * @param untilContext the client named no limit of output: it is what the context leaves, which only the engine knows
 */
public record MediaChat(
        List<String> pieces,
        List<Media> media,
        @Nullable String tools,
        @Nullable String templateArguments,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        boolean untilContext) {
    public MediaChat {
        pieces = List.copyOf(pieces);
        media = List.copyOf(media);
        if (media.isEmpty() || pieces.size() != media.size() + 1) {
            throw new IllegalArgumentException(media.size() + " media stand between " + pieces.size() + " pieces");
        }
        if (addGenerationPrompt && continueFinalMessage) {
            throw new IllegalArgumentException("a prompt cannot open an answer and go on with the last message");
        }
    }

    /** What a model must read to answer it, text left out. */
    public Set<Modality> modalities() {
        return media.stream().map(Media::modality).collect(Collectors.toUnmodifiableSet());
    }

    /** Bytes of all media together. */
    public long mediaBytes() {
        return media.stream().mapToLong(one -> one.bytes().length).sum();
    }
}

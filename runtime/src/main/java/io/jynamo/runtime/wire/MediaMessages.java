package io.jynamo.runtime.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.Modality;
import java.util.List;
import java.util.Locale;

/** A conversation with media as a message, and back. */
final class MediaMessages {
    private MediaMessages() {}

    static io.jynamo.runtime.wire.v1.MediaChat message(MediaChat chat) {
        var message = io.jynamo.runtime.wire.v1.MediaChat.newBuilder()
                .addAllPieces(chat.pieces())
                .setAddGenerationPrompt(chat.addGenerationPrompt())
                .setContinueFinalMessage(chat.continueFinalMessage())
                .setUntilContext(chat.untilContext());
        for (Media media : chat.media()) {
            message.addMedia(io.jynamo.runtime.wire.v1.Media.newBuilder()
                    .setModality(media.modality().id())
                    .setType(media.type())
                    .setData(UnsafeByteOperations.unsafeWrap(media.bytes()))); // nobody writes into them
        }
        if (chat.tools() != null) {
            message.setTools(chat.tools());
        }
        if (chat.templateArguments() != null) {
            message.setTemplateArguments(chat.templateArguments());
        }
        return message.build();
    }

    /** @throws IllegalArgumentException for one that contradicts itself */
    static MediaChat chat(io.jynamo.runtime.wire.v1.MediaChat message) {
        List<Media> media = message.getMediaList().stream()
                .map(one -> new Media(
                        modality(one.getModality()),
                        one.getType(),
                        one.getData().toByteArray()))
                .toList();
        return new MediaChat(
                message.getPiecesList(),
                media,
                message.hasTools() ? message.getTools() : null,
                message.hasTemplateArguments() ? message.getTemplateArguments() : null,
                message.getAddGenerationPrompt(),
                message.getContinueFinalMessage(),
                message.getUntilContext());
    }

    private static Modality modality(String id) {
        try {
            return Modality.valueOf(id.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("media of a kind of a later version: " + id, unknown);
        }
    }
}

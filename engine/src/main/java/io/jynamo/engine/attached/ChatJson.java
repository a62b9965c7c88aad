package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediaChat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A conversation with media on its way into a body: what a client wrote of it is values of JSON in their places, or it is refused. */
public final class ChatJson {
    /** Base64 that is no JSON, so that media stand within texts and nowhere else. */
    private static final String STAND_IN = "A/+=";

    private ChatJson() {}

    /**
     * Looks through what a client wrote.
     *
     * @throws JynamoException INVALID_REQUEST
     */
    static void check(MediaChat chat) {
        JsonNode messages = Json.tryTree(String.join(STAND_IN, chat.pieces()));
        if (messages == null || !messages.isArray() || messages.isEmpty()) {
            throw wrong("messages of the conversation must be the JSON of an array");
        }
        for (JsonNode message : messages) {
            if (!message.isObject()) {
                throw wrong("messages of the conversation must be objects");
            }
        }
        if (chat.tools() != null) {
            array(chat.tools());
        }
        if (chat.templateArguments() != null) {
            object(chat.templateArguments());
        }
    }

    /**
     * The same conversation with a {@code uuid} beside each medium, as vLLM takes it; as it was, where a medium is in no part of its own.
     *
     * @param names of its media, in their order
     */
    public static MediaChat named(MediaChat chat, List<String> names) {
        String mark = UUID.randomUUID().toString(); // that no client could have written
        JsonNode messages = Json.tryTree(String.join(mark, chat.pieces()));
        if (messages == null) {
            return chat;
        }
        int found = 0;
        for (JsonNode message : messages) {
            for (JsonNode part : message.path("content")) {
                JsonNode medium = part.path(part.path("type").asString(""));
                boolean marked = medium.path("url").asString("").endsWith(mark)
                        || medium.path("data").asString("").equals(mark);
                if (marked && part instanceof ObjectNode object && found < names.size()) {
                    object.put("uuid", names.get(found++));
                }
            }
        }
        List<String> pieces = List.of(messages.toString().split(Pattern.quote(mark), -1));
        if (found != names.size() || pieces.size() != chat.pieces().size()) {
            return chat;
        }
        return new MediaChat(
                pieces,
                chat.media(),
                chat.tools(),
                chat.templateArguments(),
                chat.addGenerationPrompt(),
                chat.continueFinalMessage(),
                chat.untilContext());
    }

    /** Writes the messages with their media, as the value of a name that was written. */
    public static void writeMessages(JsonGenerator json, MediaChat chat) {
        List<Media> media = chat.media();
        json.writeRawValue(chat.pieces().getFirst());
        for (int i = 0; i < media.size(); i++) {
            json.writeRaw(media.get(i).base64());
            json.writeRaw(chat.pieces().get(i + 1));
        }
    }

    /**
     * An array written anew.
     *
     * @throws JynamoException INVALID_REQUEST
     */
    public static String array(String tools) {
        JsonNode tree = Json.tryTree(tools);
        if (tree == null || !tree.isArray()) {
            throw wrong("tools of the conversation must be the JSON of an array");
        }
        return tree.toString();
    }

    /**
     * An object written anew.
     *
     * @throws JynamoException INVALID_REQUEST
     */
    public static String object(String variables) {
        JsonNode tree = Json.tryTree(variables);
        if (tree == null || !tree.isObject()) {
            throw wrong("variables of the chat template must be the JSON of an object");
        }
        return tree.toString();
    }

    private static JynamoException wrong(String message) {
        return new JynamoException(ErrorCode.INVALID_REQUEST, message);
    }
}

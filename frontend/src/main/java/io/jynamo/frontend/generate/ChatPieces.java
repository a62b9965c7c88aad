package io.jynamo.frontend.generate;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.MediaShapes;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediaChat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked conversation as an engine gets it that makes its own prompt of it: written anew, member by member, since engines read more than
 * clients should be able to say. Of a text part with an {@code image_url} beside its text vLLM fetches the image.
 */
final class ChatPieces {
    private static final Set<String> MEMBERS = Set.of(
            "role", "name", "tool_calls", "tool_call_id", "function_call", "reasoning_content", "reasoning", "refusal");
    /** Read by templates of ours, and by no engine. */
    private static final String FAILED = "is_error";

    /** Variables that some engines take for arguments of the call that renders, a template of the client's own among them. */
    private static final Set<String> ARGUMENTS = Set.of(
            "chat_template",
            "conversation",
            "messages",
            "tools",
            "documents",
            "tokenize",
            "tokenizer_kwargs",
            "padding",
            "truncation",
            "max_length",
            "return_tensors",
            "return_dict",
            "return_assistant_tokens_mask",
            "add_generation_prompt",
            "continue_final_message");

    private final List<String> pieces = new ArrayList<>();
    private final List<Media> media;
    private StringBuilder piece = new StringBuilder();

    private ChatPieces(List<Media> media) {
        this.media = media;
    }

    /**
     * The conversation with its media.
     *
     * @param media of its parts, in their order
     * @param untilContext the client named no limit of output
     * @throws Refusal for a member of a message, or a variable of the template, that engines are not told
     */
    static MediaChat of(ChatRequest request, List<Media> media, boolean untilContext) {
        for (String name : request.templateVariables().keySet()) {
            if (ARGUMENTS.contains(name)) {
                String place = ChatRequest.TEMPLATE_KWARGS.name() + "." + name;
                throw Refusal.unsupported(
                        place,
                        "`" + place + "` is not passed on to engines in a conversation with media; leave it out.");
            }
        }
        ChatPieces made = new ChatPieces(media);
        made.messages(request.messages());
        return new MediaChat(
                made.pieces,
                media,
                request.tools().isCallable() ? json(request.tools().tools()) : null,
                request.templateVariables().isEmpty() ? null : json(request.templateVariables()),
                request.addGenerationPrompt(),
                request.continueFinalMessage(),
                untilContext);
    }

    private void messages(List<Map<String, @Nullable Object>> messages) {
        piece.append('[');
        for (int i = 0; i < messages.size(); i++) {
            piece.append(i == 0 ? "" : ",");
            message(messages.get(i), "messages[" + i + "]");
        }
        pieces.add(piece.append(']').toString());
    }

    private void message(Map<String, @Nullable Object> message, String path) {
        piece.append("{\"content\":");
        if (message.get("content") instanceof List<?> parts) {
            parts(parts);
        } else {
            piece.append(json(message.get("content")));
        }
        message.forEach((name, value) -> {
            boolean empty = value == null || (value instanceof List<?> list && list.isEmpty());
            if (MEMBERS.contains(name) && !empty) {
                piece.append(',').append(json(name)).append(':').append(json(value));
            } else if (!empty && !name.equals("content") && !name.equals(FAILED)) {
                throw Refusal.unsupported(
                        path + "." + name,
                        "`" + path + "." + name
                                + "` is not passed on to engines in a conversation with media; leave it out.");
            }
        });
        piece.append('}');
    }

    private void parts(List<?> parts) {
        piece.append('[');
        for (int i = 0; i < parts.size(); i++) {
            piece.append(i == 0 ? "" : ",");
            MediaPart one = MediaShapes.find(parts.get(i));
            if (one != null) {
                part(one);
            } else if (parts.get(i) instanceof Map<?, ?> text) {
                Object said = text.get("text") == null ? text.get("refusal") : text.get("text");
                piece.append("{\"type\":\"text\",\"text\":").append(json(said)).append('}');
            }
        }
        piece.append(']');
    }

    private void part(MediaPart part) {
        Media its = media.get(pieces.size());
        String type = part.form().type();
        piece.append("{\"type\":\"").append(type).append("\",\"").append(type).append("\":{");
        switch (part.form()) {
            case INPUT_AUDIO -> {
                piece.append("\"data\":\"");
                cut();
                piece.append("\",\"format\":").append(json(format(its.type())));
            }
            case IMAGE_URL, AUDIO_URL, VIDEO_URL -> {
                piece.append("\"url\":\"data:").append(its.type()).append(";base64,");
                cut();
                piece.append('"');
                if (part.detail() != null) {
                    piece.append(",\"detail\":").append(json(part.detail()));
                }
            }
        }
        piece.append("}}");
    }

    /** Media stand here. */
    private void cut() {
        pieces.add(piece.toString());
        piece = new StringBuilder();
    }

    /** As OpenAI names it. */
    private static String format(String type) {
        return type.equals("audio/mpeg") ? "mp3" : type.substring(type.indexOf('/') + 1);
    }

    private static String json(@Nullable Object tree) {
        return new String(new JsonWriter(256).tree(tree).toArray(), StandardCharsets.UTF_8);
    }
}

package io.jynamo.engine.openai;

import io.jynamo.engine.attached.ChatJson;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.MediumName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * How an engine is asked to answer a conversation with media: by its own chat route, since only it knows how many tokens
 * they become. What it says is wanted raw, reasoning and calls of tools being told apart here.
 */
final class MediaDialect {
    static final String PATH = "/v1/chat/completions";

    private final CompletionsTraits traits;

    MediaDialect(CompletionsTraits traits) {
        this.traits = traits;
    }

    /** Whether ids are told of such answers. */
    boolean tellsIds() {
        return traits.chats() == ChatKind.VLLM && traits.can(Capability.TOKEN_OUTPUT);
    }

    /** What the engine cannot give beside media, by the names that clients know. */
    List<String> missing(GenerationRequest request) {
        MediaChat chat = request.chat();
        List<String> missing = new ArrayList<>();
        if (chat == null) {
            return missing;
        }
        boolean ids = tellsIds();
        add(missing, "prompt_logprobs", request.promptLogprobs() != GenerationRequest.NO_LOGPROBS);
        boolean tellsLogprobs = ids || traits.chats() == ChatKind.LLAMA_CPP;
        add(missing, "logprobs", request.topLogprobs() != GenerationRequest.NO_LOGPROBS && !tellsLogprobs);
        // Only of ids it is certain that the engine's own parsers took nothing out.
        add(missing, "tools", chat.tools() != null && !ids);
        boolean continues = traits.chats() == ChatKind.VLLM || traits.chats() == ChatKind.SGLANG;
        add(missing, "continue_final_message", chat.continueFinalMessage() && !continues);
        boolean bare = !chat.addGenerationPrompt() && !chat.continueFinalMessage();
        add(missing, "add_generation_prompt", bare && traits.chats() != ChatKind.VLLM);
        add(missing, "lora", request.scope().lora() != null && !traits.adaptersAreModels());
        return missing;
    }

    private static void add(List<String> missing, String name, boolean asked) {
        if (asked) {
            missing.add(name);
        }
    }

    /** vLLM tells in its events what it was told media are called; a client's own word for them never comes so far. */
    private static MediaChat named(MediaChat chat, @Nullable String salt) {
        return ChatJson.named(
                chat,
                chat.media().stream()
                        .map(medium -> MediumName.of(medium).within(salt))
                        .toList());
    }

    /**
     * Writes the conversation, in place of a prompt.
     *
     * @param salt whose cached blocks may be used, or null
     */
    void write(JsonGenerator json, MediaChat chat, @Nullable String salt) {
        json.writeName("messages");
        ChatJson.writeMessages(json, traits.chats() == ChatKind.VLLM ? named(chat, salt) : chat);
        if (chat.tools() != null) {
            json.writeName("tools");
            json.writeRawValue(ChatJson.array(chat.tools()));
            json.writeStringProperty("tool_choice", "none"); // shown to the model, and its calls left in the text
        }
        if (chat.templateArguments() != null) {
            json.writeName("chat_template_kwargs");
            json.writeRawValue(ChatJson.object(chat.templateArguments()));
        }
        if (!chat.addGenerationPrompt()) {
            json.writeBooleanProperty("add_generation_prompt", false);
        }
        if (chat.continueFinalMessage()) {
            json.writeBooleanProperty("continue_final_message", true);
        }
        switch (traits.chats()) {
            case SGLANG -> json.writeBooleanProperty("separate_reasoning", false);
            case LLAMA_CPP -> json.writeStringProperty("reasoning_format", "none");
            case VLLM, TRTLLM, OTHER -> {}
        }
    }
}

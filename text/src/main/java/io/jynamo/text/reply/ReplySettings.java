package io.jynamo.text.reply;

import java.util.List;

/**
 * What a request says of how its reply is to be read.
 *
 * @param tools the tools offered; with none, no calls are told
 * @param choice whether and how tools may be called
 * @param prompt where the prompt left the reasoning
 * @param split whether reasoning is told apart; if not, it is content, tags and all, and still not read for calls
 */
public record ReplySettings(List<OfferedTool> tools, ToolChoice choice, Prompt prompt, boolean split) {
    /** Where the prompt left the reasoning, as its chat template rendered it. */
    public enum Prompt {
        /** Not known: what is usual for the family. */
        USUAL,
        /** The prompt ends inside reasoning: the template wrote the opening tag. */
        REASONING,
        /** The prompt ends outside: reasoning only where the reply opens it. */
        ANSWER
    }

    public ReplySettings {
        tools = List.copyOf(tools);
    }

    /** The model decides among these tools, and the family's habit says where reasoning begins. */
    public static ReplySettings of(List<OfferedTool> tools) {
        return new ReplySettings(tools, new ToolChoice.Auto(), Prompt.USUAL, true);
    }
}

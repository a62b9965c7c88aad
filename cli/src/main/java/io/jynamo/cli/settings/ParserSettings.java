package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.text;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.reply.ReplyFormat;
import java.util.List;
import java.util.Optional;

/** How tool calls and reasoning are told from the rest of an answer. Names follow vLLM, or Dynamo. */
public final class ParserSettings {
    private static final String GROUP = "Answers";

    public static final Setting<Optional<String>> TOOL_CALL_PARSER = new Draft(
                    GROUP,
                    "tool-call-parser",
                    "NAME",
                    "Markup of the model's tool calls, for example hermes; none for no calls. A frontend's holds for all"
                            + " its models; else its worker's, else what its chat template shows. Names: docs/parsers.md.")
            .optional(text())
            .orFlag("dyn-tool-call-parser");
    public static final Setting<Optional<String>> REASONING_PARSER = new Draft(
                    GROUP,
                    "reasoning-parser",
                    "NAME",
                    "Markup of the model's reasoning, for example deepseek_r1; none to leave it in the answer. Settled as"
                            + " that of tool calls is.")
            .optional(text())
            .orFlag("dyn-reasoning-parser");

    /** In the order of help. */
    public static final List<Setting<?>> ALL = List.of(TOOL_CALL_PARSER, REASONING_PARSER);

    private ParserSettings() {}

    public static ParserOptions read(Configuration configuration, Problems problems) {
        var options = new ParserOptions(configuration.get(TOOL_CALL_PARSER), configuration.get(REASONING_PARSER));
        check("tool-call-parser", new ParserOptions(options.calls(), Optional.empty()), problems);
        check("reasoning-parser", new ParserOptions(Optional.empty(), options.reasoning()), problems);
        return options;
    }

    private static void check(String setting, ParserOptions one, Problems problems) {
        try {
            one.over(ReplyFormat.PLAIN);
        } catch (JynamoException unknown) {
            problems.add(setting + ": " + unknown.getMessage());
        }
    }
}

package io.jynamo.protocol;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Something that not every engine can do. What a worker's card does not name is refused by its name. */
public enum Capability {
    /** Takes prompts as token ids; otherwise as text. */
    TOKEN_INPUT,
    /** Reports the ids of output tokens; otherwise text. */
    TOKEN_OUTPUT,
    /** Takes a prompt of any text; without it only conversations. */
    COMPLETIONS,
    LOGPROBS,
    PROMPT_LOGPROBS,
    /** Several choices of one prompt. */
    CHOICES,
    SEED,
    TOP_K,
    MIN_P,
    REPETITION_PENALTY,
    /** Presence and frequency penalty. */
    PENALTIES,
    LOGIT_BIAS,
    MIN_TOKENS,
    STOP_TOKEN_IDS,
    IGNORE_EOS,
    PRIORITY,
    CACHE_SALT,
    /** Ends a request that nobody wants any more, before it is complete. */
    CANCEL,
    /** Goes on with a choice that another worker began as if it had drawn it all: seeds, penalties. */
    RESUME,
    /** Tells which KV blocks it holds. */
    KV_EVENTS,
    /** Passes KV blocks from a worker that prefills to one that decodes. */
    HANDOFF,
    /** Holds output to JSON, also to that of a schema. */
    JSON_OUTPUT,
    /** Holds output to a regular expression. */
    REGEX_OUTPUT,
    /** Holds output to one of several texts. */
    CHOICE_OUTPUT,
    /** Holds output to an EBNF grammar. */
    GRAMMAR_OUTPUT,
    /** Holds calls of tools in the model's own markup to the tools' schemas. */
    CALL_OUTPUT,
    /** Lets a model think before the output that it holds to something. */
    THINKING_FIRST,
    /** Leaves white space out of JSON where a request says so. */
    COMPACT_OUTPUT;

    /** Those of an engine that masks tokens. */
    public static final Set<Capability> CONSTRAINED = Set.copyOf(EnumSet.range(JSON_OUTPUT, COMPACT_OUTPUT));

    /** What all engines of ours can do. */
    public static final Set<Capability> OWN = Set.copyOf(EnumSet.range(TOKEN_INPUT, KV_EVENTS));

    /** The name people write, for example {@code min_p}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}

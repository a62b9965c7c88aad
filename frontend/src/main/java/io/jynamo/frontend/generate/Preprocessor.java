package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.media.MediaRuns;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.CompletionRequest;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.ToolWish;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.TokenIds;
import io.jynamo.text.Encoded;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.reply.ReplySettings;
import io.jynamo.text.template.ChatPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns checked requests into prompts of tokens: template, tokenizer, context check. */
final class Preprocessor {
    /** Up to so many times the model's context a prompt's tokens are counted, so that the client knows how much to leave out. */
    private static final int COUNTED = 2;

    private final FrontendMetrics metrics;
    private final MediaRuns runs;

    /** For those who choose no worker. */
    Preprocessor(FrontendMetrics metrics) {
        this(metrics, new MediaRuns());
    }

    /** @param runs what media became, as far as engines have told */
    Preprocessor(FrontendMetrics metrics, MediaRuns runs) {
        this.metrics = metrics;
        this.runs = runs;
    }

    /** @param media what is behind its parts that are no text, in their order */
    Prepared chat(ChatRequest request, ServedModel model, List<Media> media) {
        requireGenerates(model);
        requirePlain(request, media);
        GenerationOptions options = request.options();
        options.requireVocabulary(model.card().vocabularySize());
        int[] given = options.nvext().tokenData();
        List<Map<String, @Nullable Object>> texts =
                media.isEmpty() ? request.messages() : MediaStandIns.nothing(request.messages());
        String rendered = given == null ? render(request, texts, model) : null;
        int[] ids = given != null
                ? known(given, "nvext.token_data", model)
                : fitting(rendered == null ? "" : rendered, request.addSpecialTokens(), "messages", model);
        String echo = request.echo() ? lastAssistantText(request.messages()) : "";
        Prepared.Prompt prompt = fit(ids, "messages", options, model, echo, false);
        if (!media.isEmpty()) {
            prompt = prompt.withRouted(routed(request, model, media));
        }
        boolean shown = options.nvext().annotations().contains("formatted_prompt");
        return new Prepared(
                model,
                options,
                List.of(prompt),
                shown ? rendered : null,
                false,
                replies(request, model.replies(), rendered),
                OutputHold.ofChat(request, model, rendered),
                media.isEmpty() ? null : ChatPieces.of(request, media, options.maxTokens() == null));
    }

    /**
     * The conversation with what its media become, where the engine tells its blocks and the model's template is known to write a token for
     * each; with words in place of its media elsewhere, so that those who were given it are found.
     */
    private RoutedPrompt routed(ChatRequest request, ServedModel model, List<Media> media) {
        ChatPrompt chat = model.chat();
        if (chat != null && !chat.media().ids().isEmpty() && model.card().can(Capability.KV_EVENTS)) {
            int[] ids = tokenize(model.tokenizer(), render(request, request.messages(), model), false);
            RoutedPrompt seen = SeenPrompt.find(ids, media, chat.media(), runs.of(model.base()));
            if (seen != null) {
                return seen;
            }
        }
        String text = render(request, MediaStandIns.digests(request.messages(), media), model);
        return new RoutedPrompt.Plain(TokenIds.of(tokenize(model.tokenizer(), text, false)));
    }

    /** Of a conversation that the engine renders, its prompt cannot be said otherwise. */
    private static void requirePlain(ChatRequest request, List<Media> media) {
        boolean ids = request.options().nvext().tokenData() != null;
        if (!media.isEmpty() && (ids || request.addSpecialTokens())) {
            String field = ids ? "nvext.token_data" : "add_special_tokens";
            throw Refusal.unsupported(
                    field, "`" + field + "` is not supported beside media: the engine makes the prompt; leave it out.");
        }
    }

    private static void requireGenerates(ServedModel model) {
        Encoding encoding = model.card().encoding();
        if (encoding != null) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The model `" + model.name() + "` generates no text; "
                            + switch (encoding.kind()) {
                                case EMBEDDING -> "it makes embeddings: use /v1/embeddings, /v1/rerank or /v1/score.";
                                case PAIR_SCORE -> "it scores pairs of texts: use /v1/rerank or /v1/score.";
                            },
                    "model");
        }
    }

    private static @Nullable ReplyPlan replies(ChatRequest request, ReplyFormat format, @Nullable String rendered) {
        ToolWish tools = request.tools();
        boolean calls = tools.isCallable();
        if (calls && format.calls().isEmpty()) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "The model `" + request.options().model() + "` is not known to call tools: its chat template has no"
                            + " markup for them. --tool-call-parser names the parser of a model that can.",
                    "tools");
        }
        if (!calls && (format.reasoning().isEmpty() || !request.splitsReasoning())) {
            return null;
        }
        ReplySettings.Prompt end = rendered == null ? ReplySettings.Prompt.USUAL : format.promptOf(rendered);
        return new ReplyPlan(
                format,
                new ReplySettings(calls ? tools.offered() : List.of(), tools.choice(), end, request.splitsReasoning()),
                tools.parallel(),
                request.showsReasoning());
    }

    Prepared completion(CompletionRequest request, ServedModel model) {
        requireGenerates(model);
        GenerationOptions options = request.options();
        options.requireVocabulary(model.card().vocabularySize());
        boolean logprobs = request.echo() && options.topLogprobs() != GenerationRequest.NO_LOGPROBS;
        List<Prepared.Prompt> prompts = new ArrayList<>();
        for (CompletionRequest.Prompt asked : request.prompts()) {
            int[] ids = ids(asked, request, model);
            String echo = request.echo() ? text(asked, model) : "";
            prompts.add(fit(ids, "prompt", options, model, echo, logprobs));
        }
        Integer max = options.maxTokens();
        boolean drops = max != null && max == 0;
        return new Prepared(model, options, prompts, null, drops, null, OutputHold.ofCompletion(options), null);
    }

    /**
     * The text a chat request's prompt becomes.
     *
     * @throws Refusal UNSUPPORTED_PARAMETER, naming a part that is no text
     */
    String render(ChatRequest request, ServedModel model) {
        if (!request.media().isEmpty()) {
            String place = request.media().getFirst().path();
            throw Refusal.unsupported(
                    place,
                    "`" + place + "` is no text: how many tokens media become only their engine knows; leave it out.");
        }
        return render(request, request.messages(), model);
    }

    private String render(ChatRequest request, List<Map<String, @Nullable Object>> messages, ServedModel model) {
        long before = System.nanoTime();
        ChatPrompt chat = model.chat();
        if (chat == null) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The model `" + model.name() + "` has no chat template; use /v1/completions.",
                    "model");
        }
        String rendered = chat.render(new ChatPrompt.Request(
                messages,
                request.tools().isCallable() ? request.tools().tools() : List.of(),
                request.templateVariables(),
                request.addGenerationPrompt(),
                request.continueFinalMessage()));
        metrics.onTemplate(System.nanoTime() - before);
        return rendered;
    }

    /** All ids of a text, however many. */
    int[] tokenize(Tokenizer tokenizer, String text, boolean framed) {
        long before = System.nanoTime();
        int[] ids = framed
                ? tokenizer.encodeFramed(text, Tokenizer.SpecialText.PARSE)
                : tokenizer.encode(text, Tokenizer.SpecialText.PARSE);
        metrics.onTokenize(System.nanoTime() - before);
        return ids;
    }

    /** The ids of a prompt. One that is not near what the model takes is refused without finding out how long it is. */
    private int[] fitting(String text, boolean framed, String param, ServedModel model) {
        long before = System.nanoTime();
        int most = model.card().maxModelLen();
        int limit = (int) Math.min((long) most * COUNTED, Integer.MAX_VALUE - 1);
        Encoded encoded = framed
                ? model.tokenizer().encodeFramed(text, Tokenizer.SpecialText.PARSE, limit)
                : model.tokenizer().encode(text, Tokenizer.SpecialText.PARSE, limit);
        metrics.onTokenize(System.nanoTime() - before);
        return switch (encoded) {
            case Encoded.Whole whole -> whole.ids();
            case Encoded.MoreThan ignored -> throw tooLong(most, "more than " + most, param);
        };
    }

    private int[] ids(CompletionRequest.Prompt asked, CompletionRequest request, ServedModel model) {
        int[] given = request.options().nvext().tokenData();
        if (given != null) {
            return known(given, "nvext.token_data", model);
        }
        return switch (asked) {
            case CompletionRequest.Prompt.Text prompt ->
                fitting(prompt.text(), request.addSpecialTokens(), "prompt", model);
            case CompletionRequest.Prompt.Ids prompt -> known(prompt.ids(), "prompt", model);
        };
    }

    private static String text(CompletionRequest.Prompt asked, ServedModel model) {
        return switch (asked) {
            case CompletionRequest.Prompt.Text prompt -> prompt.text();
            case CompletionRequest.Prompt.Ids prompt -> model.tokenizer().decode(prompt.ids(), false);
        };
    }

    private static int[] known(int[] ids, String param, ServedModel model) {
        int size = Math.min(model.card().vocabularySize(), Integer.MAX_VALUE);
        for (int id : ids) {
            GenerationOptions.requireId(param, id, size);
        }
        return ids;
    }

    private static Prepared.Prompt fit(
            int[] ids,
            String param,
            GenerationOptions options,
            ServedModel model,
            String echo,
            boolean echoesLogprobs) {
        int limit = model.card().maxModelLen();
        if (ids.length == 0) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "`" + param + "` has no tokens.", param);
        }
        if (ids.length >= limit) {
            throw tooLong(limit, Integer.toString(ids.length), param);
        }
        Integer asked = options.maxTokens();
        int max = asked == null ? limit - ids.length : Math.max(1, asked);
        if (max > limit - ids.length) {
            throw new Refusal(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "This model's maximum context length is " + limit + " tokens. However, you requested "
                            + ((long) ids.length + max) + " tokens (" + ids.length + " in the " + param + ", " + max
                            + " in the completion). Please reduce the length of the " + param + " or max_tokens.",
                    param);
        }
        if (options.minTokens() > max) {
            throw new Refusal(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "`min_tokens` is " + options.minTokens() + ", but the context leaves " + max
                            + " tokens for the completion.",
                    "min_tokens");
        }
        return new Prepared.Prompt(TokenIds.of(ids), max, echo, echoesLogprobs);
    }

    private static Refusal tooLong(int limit, String found, String param) {
        return new Refusal(
                ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                "This model's maximum context length is " + limit + " tokens. However, your " + param + " resulted in "
                        + found + " tokens. Please reduce the length of the " + param + ".",
                param);
    }

    private static String lastAssistantText(List<Map<String, @Nullable Object>> messages) {
        Map<String, @Nullable Object> last = messages.getLast();
        return "assistant".equals(last.get("role")) && last.get("content") instanceof String text ? text : "";
    }
}

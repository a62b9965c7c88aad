package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.TokenList;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.text.IncrementalDecoder;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.stop.StopMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One choice of an answer while it comes: ids to text, stop texts, what was not sent yet. Event loop only.
 *
 * <p>Text may lag behind tokens (half a character, the beginning of a stop); log probabilities wait with it, so that
 * whoever reads a chunk finds them together.
 */
final class ChoiceState {
    private final int index;
    private final GenerationOptions options;
    private final IncrementalDecoder decoder;
    private final @Nullable StopMatcher stops;
    private final ReplyParts reply;
    private final boolean wantsLogprobs;
    private List<TokenLogprobs> pendingLogprobs = new ArrayList<>(0);
    private @Nullable Integer unscored;
    private final TokenList ids = new TokenList();
    private final boolean showsIds;
    /** What an engine that tells no ids said since the choice last moved; empty for all others. */
    private final StringBuilder told = new StringBuilder(0);

    private final Tokenizer tokenizer;
    private int idsAtMove;
    private int tokens;
    private int reasoningTokens;
    private long detokenizeNanos;
    private boolean spoken;
    private boolean broken;
    private int textOffset;
    private @Nullable String finish;
    private @Nullable Object stopReason;

    ChoiceState(int index, Prepared prepared, Prepared.Prompt prompt) {
        this.index = index;
        this.options = prepared.options();
        this.tokenizer = prepared.model().tokenizer();
        ReplyPlan plan = prepared.replies();
        // The markup of calls and reasoning may be special tokens.
        this.decoder = tokenizer.newDecoder(plan == null && options.skipSpecial());
        this.reply = new ReplyParts(plan);
        List<String> texts = options.stopTexts();
        this.stops = texts.isEmpty() ? null : new StopMatcher(texts, options.includeStop());
        this.wantsLogprobs = options.topLogprobs() != GenerationRequest.NO_LOGPROBS;
        this.showsIds = options.nvext().extraFields().contains("completion_token_ids");
        reply.echo(prompt.echo());
    }

    int index() {
        return index;
    }

    /** Output tokens so far. */
    int tokens() {
        return tokens;
    }

    /** Output tokens of reasoning, told or not, as near as text tells of tokens. */
    int reasoningTokens() {
        return reasoningTokens;
    }

    /** Time its tokens took to become text, stop texts looked for. */
    long detokenizeNanos() {
        return detokenizeNanos;
    }

    boolean isDone() {
        return finish != null;
    }

    /** The engine ended it without saying how well; the request's end will tell. */
    boolean isBroken() {
        return broken;
    }

    @Nullable
    String finish() {
        return finish;
    }

    /** The stop text or stop id that ended it, or null. */
    @Nullable
    Object stopReason() {
        return stopReason;
    }

    /** Its output tokens, where the client wants to see them. */
    @Nullable
    TokenList shownIds() {
        return showsIds ? ids : null;
    }

    /** All its output tokens so far. */
    TokenIds ids() {
        return TokenIds.of(ids.toArray());
    }

    /** Output tokens since it last moved, as its worker counted them. */
    int tokensSinceMove() {
        return ids.count() - idsAtMove;
    }

    /** Its output since it last moved, to go on from; what was told as text is encoded. */
    Said takeSaid() {
        String text = told.toString();
        TokenIds said = text.isEmpty()
                ? ids().slice(idsAtMove, ids.count())
                : TokenIds.of(tokenizer.encode(text, Tokenizer.SpecialText.PLAIN));
        told.setLength(0);
        idsAtMove = ids.count();
        return new Said(said, text);
    }

    /**
     * Output between two moves.
     *
     * @param text of an engine that tells no ids; empty for all others
     */
    record Said(TokenIds ids, String text) {}

    /** Its worker is gone, and what it said of a bad end with it. */
    void onMove() {
        broken = false;
    }

    /** Ends it at its token limit, which its worker reached and did not live to say. */
    void endAtLimit() {
        end(FinishReason.LENGTH, null);
    }

    /** The prompt's own log probabilities go before the output's. */
    void onEchoed(int firstToken, List<TokenLogprobs> logprobs) {
        unscored = firstToken;
        pendingLogprobs.addAll(logprobs);
    }

    /** Ends it as if its token limit were zero. */
    void endWithoutOutput() {
        finish = "length";
    }

    /** Takes new tokens and returns how many count. */
    int accept(TokenDelta delta) {
        if (finish != null || broken) {
            return 0;
        }
        long before = System.nanoTime();
        int counted = 0;
        int count = delta.tokens().count();
        for (int i = 0; i < count && finish == null; i++) {
            int id = delta.tokens().at(i);
            counted++;
            tokens++;
            ids.add(id);
            if (wantsLogprobs && i < delta.logprobs().size()) {
                pendingLogprobs.add(delta.logprobs().get(i));
            }
            if (delta.text() == null) {
                say(decoder.push(id));
            }
            reasoningTokens += reply.isReasoning() ? 1 : 0;
        }
        if (delta.text() != null && finish == null) {
            told.append(delta.text());
            say(delta.text());
        }
        if (delta.finish() != null && finish == null) {
            end(delta.finish(), delta.stopToken());
        }
        detokenizeNanos += System.nanoTime() - before;
        return counted;
    }

    private void say(String text) {
        if (text.isEmpty()) {
            return;
        }
        if (stops == null || tokens <= options.minTokens()) {
            reply.push(text);
            return;
        }
        StopMatcher.Piece piece = stops.push(text);
        reply.push(piece.text());
        if (piece.stop() != null) {
            stopReason = piece.stop();
            finish("stop");
        }
    }

    private void end(FinishReason reason, @Nullable Integer stopToken) {
        if (reason == FinishReason.ERROR || reason == FinishReason.CANCELLED) {
            broken = true;
            return;
        }
        if (stopToken != null && options.stopTokenIds().contains(stopToken)) {
            stopReason = (long) stopToken;
            if (options.includeStop()) {
                say(decoder.push(stopToken));
            }
        }
        if (finish == null) {
            say(decoder.flush());
        }
        if (finish == null) {
            if (stops != null) {
                reply.push(stops.flush());
            }
            finish(reason == FinishReason.LENGTH ? "length" : "stop");
        }
    }

    private void finish(String reason) {
        reply.end();
        finish = reason.equals("stop") && reply.isCalling() ? "tool_calls" : reason;
    }

    /** Whether there is something to send: text, or the end. */
    boolean hasNews() {
        return !reply.isEmpty() || finish != null;
    }

    /** Whether a chunk of it needs no more than its text. */
    boolean isPlain() {
        return spoken && finish == null && !wantsLogprobs && unscored == null && reply.isPlain();
    }

    boolean isFirst() {
        return !spoken;
    }

    /** The content not sent yet; it counts as sent. */
    String takeText() {
        spoken = true;
        return reply.takeContent();
    }

    /** Tells what was not sent yet, in order; it counts as sent. */
    void tell(ReplyParts.Teller to) {
        spoken = true;
        reply.tell(to);
    }

    /** What else was not sent yet, and what is to be known of the reply. */
    ReplyParts reply() {
        return reply;
    }

    /** The log probabilities not sent yet, or null when none were asked for. */
    @Nullable
    List<TokenLogprobs> takeLogprobs() {
        if (!wantsLogprobs) {
            return null;
        }
        List<TokenLogprobs> taken = pendingLogprobs;
        pendingLogprobs = new ArrayList<>(0);
        return taken;
    }

    @Nullable
    Integer takeUnscored() {
        Integer taken = unscored;
        unscored = null;
        return taken;
    }

    int textOffset() {
        return textOffset;
    }

    void advanceOffset(int characters) {
        textOffset += characters;
    }
}

package io.jynamo.engine.openai;

import io.jynamo.engine.attached.MalformedAnswer;
import io.jynamo.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Log probabilities beside a completion's text, with ids: as names {@code token_id:N} in OpenAI's parallel lists (vLLM,
 * SGLang), or of a list of objects (chats of vLLM), or as members {@code id} of one (llama.cpp). Those without ids are none to us.
 */
final class CompletionsLogprobs {
    private static final String PREFIX = "token_id:";

    private CompletionsLogprobs() {}

    /**
     * One entry for each token, an echoed prompt's included, whose first has no log probability and says NaN.
     *
     * @param most alternatives that are kept
     */
    static List<TokenLogprobs> read(JsonNode logprobs, int most) {
        if (!logprobs.isObject()) {
            return List.of();
        }
        JsonNode content = logprobs.path("content");
        return content.isArray() ? objects(content, most) : lists(logprobs, most);
    }

    /** Whether they name ids, so that they can be told. */
    static boolean haveIds(JsonNode logprobs) {
        JsonNode content = logprobs.path("content");
        if (content.isArray()) {
            return content.path(0).path("id").isInt();
        }
        JsonNode first = logprobs.path("tokens").path(0);
        return first.isString() && first.stringValue().startsWith(PREFIX);
    }

    /** The same with fewer alternatives. */
    static List<TokenLogprobs> cut(List<TokenLogprobs> logprobs, int most) {
        List<TokenLogprobs> cut = new ArrayList<>(logprobs.size());
        for (TokenLogprobs one : logprobs) {
            int kept = Math.clamp(one.topTokens().length, 0, Math.max(0, most));
            cut.add(new TokenLogprobs(
                    one.token(),
                    one.logprob(),
                    java.util.Arrays.copyOf(one.topTokens(), kept),
                    java.util.Arrays.copyOf(one.topLogprobs(), kept)));
        }
        return cut;
    }

    private static List<TokenLogprobs> lists(JsonNode logprobs, int most) {
        JsonNode tokens = logprobs.path("tokens");
        List<TokenLogprobs> read = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            List<Alternative> top = new ArrayList<>();
            for (Map.Entry<String, JsonNode> one :
                    logprobs.path("top_logprobs").path(i).properties()) {
                top.add(new Alternative(id(one.getKey()), number(one.getValue())));
            }
            JsonNode token = tokens.path(i);
            read.add(entry(
                    id(token.isString() ? token.stringValue() : ""),
                    number(logprobs.path("token_logprobs").path(i)),
                    top,
                    most));
        }
        return read;
    }

    private static List<TokenLogprobs> objects(JsonNode content, int most) {
        List<TokenLogprobs> read = new ArrayList<>(content.size());
        for (JsonNode token : content) {
            List<Alternative> top = new ArrayList<>();
            for (JsonNode one : token.path("top_logprobs")) {
                top.add(new Alternative(idMember(one), number(one.path("logprob"))));
            }
            read.add(entry(idMember(token), number(token.path("logprob")), top, most));
        }
        return read;
    }

    private record Alternative(int id, float logprob) {}

    private static TokenLogprobs entry(int token, float logprob, List<Alternative> top, int most) {
        top.sort(Comparator.comparingDouble((Alternative one) -> -one.logprob()));
        int kept = Math.clamp(most, 0, top.size());
        int[] ids = new int[kept];
        float[] values = new float[kept];
        for (int i = 0; i < kept; i++) {
            ids[i] = top.get(i).id();
            values[i] = top.get(i).logprob();
        }
        return new TokenLogprobs(token, logprob, ids, values);
    }

    private static int id(String name) {
        try {
            if (name.startsWith(PREFIX)) {
                return Integer.parseInt(name, PREFIX.length(), name.length(), 10);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new MalformedAnswer("a log probability names no token id");
    }

    private static int idMember(JsonNode token) {
        JsonNode id = token.path("id");
        JsonNode name = token.path("token");
        if (id.isMissingNode() && name.isString()) {
            return id(name.stringValue());
        }
        if (!id.isInt()) {
            throw new MalformedAnswer("a log probability names no token id");
        }
        return id.intValue();
    }

    /** Engines say null for the first token of a prompt, which nothing came before. */
    private static float number(JsonNode value) {
        return value.isNumber() ? value.floatValue() : Float.NaN;
    }
}

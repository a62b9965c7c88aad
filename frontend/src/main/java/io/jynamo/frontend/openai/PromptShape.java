package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.openai.CompletionRequest.Prompt;
import java.util.ArrayList;
import java.util.List;

/** The shape of prompts, alike for completions and embeddings: a text, token ids, or an array of either. */
final class PromptShape {
    private PromptShape() {}

    /** @param most prompts at most */
    static Shape<List<Prompt>> upTo(int most) {
        return Shapes.either(
                (in, path) -> read(in, path, most),
                Shapes.string(),
                Shapes.tokenIds(1),
                Shapes.list(Shapes.string(), 1, most),
                Shapes.list(Shapes.tokenIds(1), 1, most));
    }

    private static List<Prompt> read(JsonInput in, String path, int most) {
        if (in.isString()) {
            return List.of(new Prompt.Text(in.string()));
        }
        Shapes.require(in.isArray(), in, path, "a string, an array of strings, token ids, or an array of those");
        List<Prompt> prompts = new ArrayList<>();
        TokenList ids = new TokenList();
        while (in.nextElement()) {
            String at = path + "[" + (prompts.size() + ids.count()) + "]";
            if (in.isInteger() && prompts.isEmpty()) {
                ids.add(Shapes.integer(0, Integer.MAX_VALUE).read(in, at).intValue());
            } else if (in.isString() && ids.isEmpty()) {
                prompts.add(new Prompt.Text(in.string()));
            } else if (in.isArray() && ids.isEmpty()) {
                prompts.add(new Prompt.Ids(Shapes.tokenIds(1).read(in, at)));
            } else {
                throw Refusal.invalid(at, "`" + at + "` does not go with the items before it.");
            }
            if (prompts.size() > most) {
                throw Refusal.invalid(path, "`" + path + "` must have at most " + most + " prompts.");
            }
        }
        if (!ids.isEmpty()) {
            return List.of(new Prompt.Ids(ids.toArray()));
        }
        if (prompts.isEmpty()) {
            throw Refusal.invalid(path, "`" + path + "` must not be empty.");
        }
        return prompts;
    }
}

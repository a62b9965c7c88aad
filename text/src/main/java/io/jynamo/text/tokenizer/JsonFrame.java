package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.array;
import static io.jynamo.text.tokenizer.Refusal.corrupt;
import static io.jynamo.text.tokenizer.Refusal.text;
import static io.jynamo.text.tokenizer.Refusal.unsupported;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what a tokenizer.json's post-processor puts around one text. */
final class JsonFrame {
    private JsonFrame() {}

    static Frame read(@Nullable JsonNode node, int vocabularySize) {
        return read(node, vocabularySize, 0);
    }

    private static Frame read(@Nullable JsonNode node, int size, int depth) {
        if (node == null || node.isNull()) {
            return Frame.NONE;
        }
        if (depth > 8) {
            throw unsupported("post-processors nested too far");
        }
        String type = text(node, "type", "post_processor");
        return switch (type) {
            case "ByteLevel" -> Frame.NONE;
            case "Sequence" -> {
                Frame frame = Frame.NONE;
                for (JsonNode stage : array(node, "processors", "post_processor")) {
                    frame = frame.within(read(stage, size, depth + 1));
                }
                yield frame;
            }
            case "BertProcessing", "RobertaProcessing" ->
                new Frame(new int[] {pairId(node, "cls", size)}, new int[] {pairId(node, "sep", size)});
            case "TemplateProcessing" -> template(node, size);
            default -> throw unsupported("the post-processor " + type + " is not supported");
        };
    }

    private static int pairId(JsonNode node, String field, int size) {
        return id(array(node, field, "post_processor").path(1), "post_processor." + field, size);
    }

    private static Frame template(JsonNode node, int size) {
        var before = new IdBuffer();
        var after = new IdBuffer();
        IdBuffer side = before;
        for (JsonNode piece : array(node, "single", "post_processor")) {
            if (piece.has("Sequence")) {
                if (side == after) {
                    throw unsupported("a template that repeats its text is not supported");
                }
                side = after;
                continue;
            }
            String name = text(piece.path("SpecialToken"), "id", "post_processor.single");
            JsonNode special = node.path("special_tokens").path(name);
            if (special.isMissingNode()) {
                throw corrupt("the template's token \"" + Vocabulary.shown(name) + "\" is not in its special_tokens");
            }
            for (JsonNode id : array(special, "ids", "post_processor.special_tokens")) {
                side.add(id(id, "post_processor.special_tokens", size));
            }
        }
        return new Frame(before.toArray(), after.toArray());
    }

    private static int id(JsonNode node, String where, int size) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0 || node.intValue() >= size) {
            throw corrupt(
                    where + " has the id " + Vocabulary.shown(node.toString()) + ", outside the vocabulary of " + size);
        }
        return node.intValue();
    }
}

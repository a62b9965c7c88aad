package io.jynamo.text.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tokenizer.json as read, before anything is made of it. Vocabulary and merges, a million entries in some files, are streamed; the rest is
 * kept as trees.
 */
final class JsonModel {
    private static final int MAX_MERGES = 1 << 23;
    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxStringLength(1 << 26)
                            .maxNameLength(1 << 20)
                            .build())
                    .build())
            .build();

    /** Top-level fields other than the model. */
    final Map<String, JsonNode> fields = new HashMap<>();
    /** Fields of the model other than vocabulary and merges. */
    final Map<String, JsonNode> model = new HashMap<>();

    final Vocabulary vocabulary;
    /** Scores by id, for a Unigram's list. */
    double @Nullable [] scores;
    /** Merges: the two sides joined by a space, and where the space is. */
    final List<String> merges = new ArrayList<>();

    int[] mergeCuts = new int[1024];
    private boolean seenModel;

    private JsonModel(int expected) {
        vocabulary = new Vocabulary(expected);
    }

    /** @throws tools.jackson.core.JacksonException where it is not JSON */
    static JsonModel read(byte[] file) {
        // A token of a vocabulary with its merges takes some 70 bytes.
        var result = new JsonModel(file.length / 70);
        try (JsonParser parser = MAPPER.createParser(file)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, parser, "the file is not a JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("model")) {
                    result.readModel(parser);
                } else {
                    result.fields.put(name, tree(parser));
                }
            }
        }
        if (!result.seenModel) {
            throw Refusal.corrupt("the file has no \"model\"");
        }
        return result;
    }

    private static JsonNode tree(JsonParser parser) {
        return parser.readValueAsTree();
    }

    private void readModel(JsonParser parser) {
        require(parser.currentToken() == JsonToken.START_OBJECT, parser, "model is not an object");
        require(!seenModel, parser, "there are two models");
        seenModel = true;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (name.equals("vocab") && token == JsonToken.START_OBJECT) {
                readVocabulary(parser);
            } else if (name.equals("vocab") && token == JsonToken.START_ARRAY) {
                readScored(parser);
            } else if (name.equals("merges") && token == JsonToken.START_ARRAY) {
                readMerges(parser);
            } else {
                model.put(name, tree(parser));
            }
        }
    }

    private void readVocabulary(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String text = parser.currentName();
            require(parser.nextToken() == JsonToken.VALUE_NUMBER_INT, parser, "a token's id is not a whole number");
            vocabulary.add(parser.getLongValue(), text);
        }
    }

    private void readScored(JsonParser parser) {
        var found = new double[Math.max(1024, 1 << 12)];
        int id = 0;
        while (parser.nextToken() == JsonToken.START_ARRAY) {
            require(parser.nextToken() == JsonToken.VALUE_STRING, parser, "a scored token has no text");
            String text = parser.getString();
            require(parser.nextToken().isNumeric(), parser, "a scored token has no score");
            if (id == found.length) {
                found = java.util.Arrays.copyOf(found, id * 2);
            }
            found[id] = SerdeNumber.parse(parser.getString());
            require(Double.isFinite(found[id]), parser, "a token's score is not finite");
            vocabulary.add(id++, text);
            require(parser.nextToken() == JsonToken.END_ARRAY, parser, "a scored token has more than two parts");
        }
        scores = java.util.Arrays.copyOf(found, id);
    }

    private void readMerges(JsonParser parser) {
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            require(merges.size() < MAX_MERGES, parser, "there are more than " + MAX_MERGES + " merges");
            if (merges.size() == mergeCuts.length) {
                mergeCuts = java.util.Arrays.copyOf(mergeCuts, mergeCuts.length * 2);
            }
            if (token == JsonToken.VALUE_STRING) {
                String merge = parser.getString();
                int cut = merge.indexOf(' ');
                boolean two = cut >= 0 && merge.indexOf(' ', cut + 1) < 0;
                require(two, parser, "the merge \"" + Vocabulary.shown(merge) + "\" is not two parts");
                mergeCuts[merges.size()] = cut;
                merges.add(merge);
            } else {
                require(token == JsonToken.START_ARRAY, parser, "a merge is neither text nor a pair");
                require(parser.nextToken() == JsonToken.VALUE_STRING, parser, "a merge's left side is not text");
                String left = parser.getString();
                require(parser.nextToken() == JsonToken.VALUE_STRING, parser, "a merge's right side is not text");
                mergeCuts[merges.size()] = left.length();
                merges.add(left + " " + parser.getString());
                require(parser.nextToken() == JsonToken.END_ARRAY, parser, "a merge has more than two parts");
            }
        }
    }

    @Nullable
    JsonNode field(String name) {
        return fields.get(name);
    }

    private static void require(boolean holds, JsonParser parser, String what) {
        if (!holds) {
            throw Refusal.corrupt(what + " at byte " + parser.currentLocation().getByteOffset());
        }
    }
}

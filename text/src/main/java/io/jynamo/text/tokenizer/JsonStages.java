package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.array;
import static io.jynamo.text.tokenizer.Refusal.corrupt;
import static io.jynamo.text.tokenizer.Refusal.flag;
import static io.jynamo.text.tokenizer.Refusal.number;
import static io.jynamo.text.tokenizer.Refusal.text;
import static io.jynamo.text.tokenizer.Refusal.unsupported;

import io.jynamo.text.tokenizer.RewritingPreTokenizers.Prepend;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the normalizer and pre-tokenizer of a tokenizer.json. Every stage is supported or refused by name. */
final class JsonStages {
    private static final int MAX_STAGES = 64;

    private JsonStages() {}

    static Normalizer normalizer(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return Normalizer.NONE;
        }
        String type = text(node, "type", "normalizer");
        return switch (type) {
            case "Sequence" -> {
                var stages = new ArrayList<Normalizer>();
                for (JsonNode stage : limited(array(node, "normalizers", "normalizer"), "normalizer")) {
                    stages.add(normalizer(stage));
                }
                yield stages.isEmpty()
                        ? Normalizer.NONE
                        : stages.size() == 1 ? stages.get(0) : new Normalizers.Sequence(stages);
            }
            case "NFC" -> new UnicodeForm(Form.NFC);
            case "NFD" -> new UnicodeForm(Form.NFD);
            case "NFKC" -> new UnicodeForm(Form.NFKC);
            case "NFKD" -> new UnicodeForm(Form.NFKD);
            case "Lowercase" -> new Normalizers.Lowercase();
            case "StripAccents" -> new Normalizers.StripAccents();
            case "Strip" ->
                new Normalizers.Strip(
                        flag(node, "strip_left", "normalizer", true), flag(node, "strip_right", "normalizer", true));
            case "Prepend" -> new Normalizers.Prepend(text(node, "prepend", "normalizer"));
            case "Replace" -> replace(node);
            case "Nmt" -> new Normalizers.Nmt();
            case "ByteLevel" -> new Normalizers.ByteAlphabet();
            case "Precompiled" -> precompiled(node);
            case "BertNormalizer" -> bert(node);
            default -> throw unsupported("the normalizer " + type + " is not supported");
        };
    }

    private static Normalizer replace(JsonNode node) {
        String content = text(node, "content", "normalizer");
        JsonNode pattern = node.path("pattern");
        if (pattern.has("String")) {
            return new Normalizers.ReplaceText(text(pattern, "String", "normalizer.pattern"), content);
        }
        return new Normalizers.ReplacePattern(
                RegexPattern.compile(text(pattern, "Regex", "normalizer.pattern")), content);
    }

    private static Normalizer precompiled(JsonNode node) {
        String blob = text(node, "precompiled_charsmap", "normalizer", "");
        if (blob.isEmpty()) {
            return Normalizer.NONE;
        }
        try {
            return new Normalizers.Precompiled(
                    CharsMap.parse(Base64.getDecoder().decode(blob)));
        } catch (IllegalArgumentException e) {
            throw corrupt("normalizer.precompiled_charsmap is not base64: " + e.getMessage());
        }
    }

    private static Normalizer bert(JsonNode node) {
        boolean lowercase = flag(node, "lowercase", "normalizer", true);
        return new Normalizers.Bert(
                flag(node, "clean_text", "normalizer", true),
                flag(node, "handle_chinese_chars", "normalizer", true),
                flag(node, "strip_accents", "normalizer", lowercase),
                lowercase);
    }

    /** The stages of a pre-tokenizer, sequences flattened; {@code ByteLevel} becomes its steps, the alphabet last. */
    static List<PreTokenizer> preTokenizers(@Nullable JsonNode node) {
        var stages = new ArrayList<PreTokenizer>();
        if (node != null && !node.isNull()) {
            if (deepSeek(node)) {
                stages.add(new ScannerPreTokenizer(new DeepSeekScanner()));
                stages.add(new RewritingPreTokenizers.ByteAlphabet());
            } else {
                addStages(node, stages);
            }
        }
        return stages;
    }

    private static void addStages(JsonNode node, List<PreTokenizer> into) {
        String where = "pre_tokenizer";
        String type = text(node, "type", where);
        if (into.size() > MAX_STAGES) {
            throw unsupported("more than " + MAX_STAGES + " pre-tokenizer stages");
        }
        switch (type) {
            case "Sequence" -> {
                for (JsonNode stage : limited(array(node, "pretokenizers", where), where)) {
                    addStages(stage, into);
                }
                mergeDigits(into);
            }
            case "ByteLevel" -> {
                if (flag(node, "add_prefix_space", where, true)) {
                    into.add(new RewritingPreTokenizers.LeadingSpace());
                }
                if (flag(node, "use_regex", where, true)) {
                    into.add(new ScannerPreTokenizer(new Gpt2Scanner(false)));
                }
                if (into.stream().anyMatch(RewritingPreTokenizers.ByteAlphabet.class::isInstance)) {
                    throw unsupported("two ByteLevel pre-tokenizers are not supported"); // each doubles the text
                }
                into.add(new RewritingPreTokenizers.ByteAlphabet());
            }
            case "Split" -> into.add(split(node));
            case "Metaspace" -> into.add(metaspace(node));
            case "Whitespace" ->
                into.add(SplitPreTokenizer.byPattern(
                        RegexPattern.compile("\\w+|[^\\w\\s]+"), SplitBehavior.REMOVED, true));
            case "WhitespaceSplit" ->
                into.add(SplitPreTokenizer.byCharacter(CharClass::isSpace, SplitBehavior.REMOVED));
            case "Punctuation" ->
                into.add(SplitPreTokenizer.byCharacter(EarlierUnicode::isPunctuation, behavior(node, "ISOLATED")));
            case "BertPreTokenizer" -> {
                into.add(SplitPreTokenizer.byCharacter(CharClass::isSpace, SplitBehavior.REMOVED));
                into.add(SplitPreTokenizer.byCharacter(EarlierUnicode::isPunctuation, SplitBehavior.ISOLATED));
            }
            case "Digits" ->
                into.add(SplitPreTokenizer.byCharacter(
                        JsonStages::isNumber,
                        flag(node, "individual_digits", where, false)
                                ? SplitBehavior.ISOLATED
                                : SplitBehavior.CONTIGUOUS));
            case "CharDelimiterSplit" -> {
                int delimiter = oneCharacter(text(node, "delimiter", where), where + ".delimiter");
                into.add(SplitPreTokenizer.byCharacter(c -> c == delimiter, SplitBehavior.REMOVED));
            }
            case "UnicodeScripts" -> into.add(new RewritingPreTokenizers.Scripts());
            case "FixedLength" ->
                into.add(new RewritingPreTokenizers.FixedLength(Math.max(1, number(node, "length", where, 5))));
            default -> throw unsupported("the pre-tokenizer " + type + " is not supported");
        }
    }

    private static PreTokenizer split(JsonNode node) {
        JsonNode pattern = node.path("pattern");
        SplitBehavior behavior = behavior(node, null);
        boolean invert = flag(node, "invert", "pre_tokenizer", false);
        if (pattern.has("String")) {
            var literal = RegexPattern.literal(text(pattern, "String", "pre_tokenizer.pattern"));
            return SplitPreTokenizer.byPattern(literal, behavior, invert);
        }
        String regex = text(pattern, "Regex", "pre_tokenizer.pattern");
        Scanner scanner = KnownPatterns.scanner(regex);
        boolean keepsMatches = behavior == SplitBehavior.ISOLATED || (behavior == SplitBehavior.REMOVED && invert);
        if (scanner != null && keepsMatches) {
            return new ScannerPreTokenizer(scanner);
        }
        return SplitPreTokenizer.byPattern(RegexPattern.compile(regex), behavior, invert);
    }

    private static SplitBehavior behavior(JsonNode node, @Nullable String absent) {
        String name = absent == null
                ? text(node, "behavior", "pre_tokenizer")
                : text(node, "behavior", "pre_tokenizer", absent);
        String plain = name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
        for (SplitBehavior behavior : SplitBehavior.values()) {
            if (behavior.name().equals(plain)) {
                return behavior;
            }
        }
        throw unsupported("the split behavior " + name + " is not supported");
    }

    private static PreTokenizer metaspace(JsonNode node) {
        String where = "pre_tokenizer";
        int mark = oneCharacter(text(node, "replacement", where, "\u2581"), where + ".replacement");
        return new RewritingPreTokenizers.Metaspace(mark, prepend(node, where), flag(node, "split", where, true));
    }

    /** The scheme of a Metaspace stage; older files say {@code add_prefix_space}. */
    static Prepend prepend(JsonNode node, String where) {
        boolean older = flag(node, "add_prefix_space", where, true);
        String scheme = text(node, "prepend_scheme", where, older ? "always" : "never");
        return switch (scheme) {
            case "always" -> Prepend.ALWAYS;
            case "first" -> Prepend.FIRST;
            case "never" -> Prepend.NEVER;
            default -> throw unsupported("the prepend scheme " + scheme + " is not supported");
        };
    }

    /** Single digits before GPT-2's pattern have a scanner that does both. */
    private static void mergeDigits(List<PreTokenizer> stages) {
        for (int i = 0; i + 1 < stages.size(); i++) {
            boolean digits =
                    stages.get(i) instanceof SplitPreTokenizer split && split.isolates('7') && !split.isolates('a');
            if (digits
                    && stages.get(i + 1) instanceof ScannerPreTokenizer next
                    && next.scanner() instanceof Gpt2Scanner) {
                stages.set(i, new ScannerPreTokenizer(new Gpt2Scanner(true)));
                stages.remove(i + 1);
            }
        }
    }

    private static boolean deepSeek(JsonNode node) {
        JsonNode stages = node.path("pretokenizers");
        if (stages.size() != 4 || !stages.path(3).path("type").asString("").equals("ByteLevel")) {
            return false;
        }
        JsonNode last = stages.path(3);
        boolean plainBytes = !flag(last, "use_regex", "pre_tokenizer", true)
                && !flag(last, "add_prefix_space", "pre_tokenizer", true);
        return plainBytes
                && isolates(stages.path(0), KnownPatterns.DIGITS_BY_THREE)
                && isolates(stages.path(1), KnownPatterns.DEEPSEEK_CJK)
                && isolates(stages.path(2), KnownPatterns.DEEPSEEK_REST);
    }

    private static boolean isolates(JsonNode stage, String pattern) {
        String found = stage.path("pattern")
                .path("Regex")
                .asString("")
                .replace("\\r", "\r")
                .replace("\\n", "\n");
        return stage.path("type").asString("").equals("Split")
                && stage.path("behavior").asString("").equals("Isolated")
                && !stage.path("invert").asBoolean(false)
                && found.equals(pattern);
    }

    private static boolean isNumber(int c) {
        return (CharClass.of(c) & CharClass.NUMBER) != 0;
    }

    private static int oneCharacter(String text, String where) {
        if (text.codePointCount(0, text.length()) != 1) {
            throw corrupt(where + " is not one character");
        }
        return text.codePointAt(0);
    }

    private static JsonNode limited(JsonNode stages, String where) {
        if (stages.size() > MAX_STAGES) {
            throw unsupported(where + " has " + stages.size() + " stages, more than " + MAX_STAGES);
        }
        return stages;
    }
}

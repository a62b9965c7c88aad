package io.jynamo.text.template;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that make text of text. */
final class TextFilters {
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final String WORD_STARTERS = "-({[<";

    private TextFilters() {}

    static void register(Map<String, FilterTable.Filter> filters) {
        plain(filters, "upper", Text::upper);
        plain(filters, "lower", Text::lower);
        plain(filters, "capitalize", Text::capitalize);
        plain(filters, "title", TextFilters::title);
        plain(filters, "string", text -> text);
        plain(filters, "safe", text -> text);
        plain(filters, "escape", Markup::escape);
        plain(filters, "e", Markup::escape);
        plain(filters, "forceescape", Markup::escape);
        plain(filters, "striptags", TextFilters::stripTags);
        filters.put("trim", TextFilters::trim);
        filters.put("replace", TextFilters::replace);
        filters.put("center", TextFilters::center);
        filters.put("format", TextFilters::format);
        filters.put("urlencode", TextFilters::urlEncode);
        filters.put("wordcount", (r, v, a) -> WORD.matcher(text(v)).results().count());
    }

    private static void plain(Map<String, FilterTable.Filter> filters, String name, UnaryOperator<String> change) {
        filters.put(name, (r, value, arguments) -> {
            arguments.bind("do_" + name, 0);
            return r.allocated(change.apply(text(value)));
        });
    }

    static String text(@Nullable Object value) {
        return Representation.text(value);
    }

    /** A capital after blank space or an opening sign, small letters elsewhere. */
    private static String title(String text) {
        var titled = new StringBuilder(text.length());
        var starts = true;
        for (int i = 0; i < text.length(); ) {
            var c = text.codePointAt(i);
            var letter = Character.toString(c);
            var separates = Text.isSpace(c) || WORD_STARTERS.indexOf(c) >= 0;
            titled.append(separates ? letter : starts ? Text.upper(letter) : Text.lower(letter));
            starts = separates;
            i += letter.length();
        }
        return titled.toString();
    }

    private static String stripTags(String text) {
        var bare = without(without(text, "<!--", "-->"), "<", ">");
        var words = new StringBuilder(bare.length());
        for (var word : Text.splitSpace(bare, -1)) {
            words.append(words.isEmpty() ? "" : " ").append(word);
        }
        return Entities.unescape(words.toString());
    }

    private static String without(String text, String open, String close) {
        var kept = new StringBuilder(text.length());
        var at = 0;
        while (true) {
            var start = text.indexOf(open, at);
            var end = start < 0 ? -1 : text.indexOf(close, start);
            if (end < 0) {
                return kept.append(text, at, text.length()).toString();
            }
            kept.append(text, at, start);
            at = end + close.length();
        }
    }

    private static Object trim(Rendering r, @Nullable Object value, Arguments arguments) {
        var chars = Arguments.or(arguments.bind("do_trim", 0, "chars")[0], null);
        var text = text(value);
        r.work(text.length());
        return Text.strip(text, chars == null ? null : Arguments.text(chars, ""), true, true);
    }

    private static Object replace(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_replace", 2, "old", "new", "count");
        var count = Arguments.or(bound[2], null);
        return TextMethods.replace(
                r, text(value), text(bound[0]), text(bound[1]), count == null ? -1 : Numbers.index(count));
    }

    private static Object center(Rendering r, @Nullable Object value, Arguments arguments) {
        var width = Arguments.integer(arguments.bind("do_center", 0, "width")[0], 80);
        return Padding.center(r, text(value), width, " ");
    }

    private static Object format(Rendering r, @Nullable Object value, Arguments arguments) {
        if (!arguments.positional().isEmpty() && !arguments.names().isEmpty()) {
            throw FilterTable.badArgument("can't handle positional and keyword arguments at the same time");
        }
        if (arguments.names().isEmpty()) {
            return r.allocated(PercentFormat.format(r, text(value), Tuple.copyOf(arguments.positional())));
        }
        var named = new java.util.LinkedHashMap<@Nullable Object, @Nullable Object>();
        for (int i = 0; i < arguments.names().size(); i++) {
            named.put(arguments.names().get(i), arguments.named().get(i));
        }
        return r.allocated(PercentFormat.format(r, text(value), named));
    }

    private static Object urlEncode(Rendering r, @Nullable Object value, Arguments arguments) {
        arguments.bind("do_urlencode", 0);
        if (value instanceof String || !Types.isIterable(value)) {
            return r.allocated(quote(text(value), false));
        }
        var pairs = value instanceof Map<?, ?> dict
                ? Sequences.list(r, new DictView(DictView.Kind.ITEMS, dict))
                : Sequences.list(r, value);
        var query = new StringBuilder();
        for (var element : pairs) {
            if (!(element instanceof List<?> pair && pair.size() == 2)) {
                throw TemplateFailure.value("urlencode needs pairs of a name and a value");
            }
            var encoded = quote(text(pair.get(0)), true) + "=" + quote(text(pair.get(1)), true);
            query.append(query.isEmpty() ? "" : "&").append(r.allocated(encoded));
        }
        return query.toString();
    }

    private static String quote(String text, boolean query) {
        var quoted = new StringBuilder(text.length());
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            var c = b & 0xff;
            var plain = c < 0x80 && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || (c == '/' && !query));
            if (plain) {
                quoted.append((char) c);
            } else if (query && c == ' ') {
                quoted.append('+');
            } else {
                quoted.append(String.format("%%%02X", c));
            }
        }
        return quoted.toString();
    }
}

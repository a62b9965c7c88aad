package io.jynamo.text.template;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTML's character references: the numeric ones and the few names that XML and everyday text use. */
final class Entities {
    private static final Pattern REFERENCE = Pattern.compile("&(#\\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,6});");
    private static final Map<String, String> NAMES = Map.of(
            "amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0", "copy", "\u00a9", "hellip",
            "\u2026", "mdash", "\u2014", "ndash", "\u2013");

    private Entities() {}

    static String unescape(String text) {
        return REFERENCE
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(character(match.group(1), match.group())));
    }

    private static String character(String reference, String whole) {
        if (!reference.startsWith("#")) {
            return NAMES.getOrDefault(reference, whole);
        }
        var hex = reference.charAt(1) == 'x' || reference.charAt(1) == 'X';
        var code = hex ? Integer.parseInt(reference.substring(2), 16) : Integer.parseInt(reference.substring(1));
        return Character.isValidCodePoint(code) && code != 0 ? Character.toString(code) : "\ufffd";
    }
}

package io.jynamo.text.grammar.syntax;

import java.util.Map;
import java.util.TreeMap;

/** Unicode's general categories by their names. */
final class GeneralCategories {
    /** The two letters of each value of {@link Character#getType(int)}; 17 is not used. */
    private static final String[] CODES =
            "Cn Lu Ll Lt Lm Lo Mn Me Mc Nd Nl No Zs Zl Zp Cc Cf -- Co Cs Pd Ps Pe Pc Po Sm Sc Sk So Pi Pf"
                    .split(" ", -1);

    private static final Map<String, String> NAMES = names();

    private GeneralCategories() {}

    static String of(int point) {
        return CODES[Character.getType(point)];
    }

    /** The first one or two letters of the categories meant, or an empty string for a name that is none; in lower case. */
    static String shortName(String name) {
        return NAMES.getOrDefault(name, "");
    }

    private static Map<String, String> names() {
        var names = new TreeMap<String, String>();
        for (String code : CODES) {
            names.put(code.toLowerCase(java.util.Locale.ROOT), code);
        }
        for (String group : "C L M N Z P S".split(" ", -1)) {
            names.put(group.toLowerCase(java.util.Locale.ROOT), group);
        }
        names.remove("--");
        names.put("letter", "L");
        names.put("uppercase_letter", "Lu");
        names.put("lowercase_letter", "Ll");
        names.put("titlecase_letter", "Lt");
        names.put("mark", "M");
        names.put("number", "N");
        names.put("decimal_number", "Nd");
        names.put("digit", "Nd");
        names.put("punctuation", "P");
        names.put("symbol", "S");
        names.put("currency_symbol", "Sc");
        names.put("separator", "Z");
        names.put("space_separator", "Zs");
        names.put("other", "C");
        names.put("control", "Cc");
        return names;
    }
}

package io.jynamo.text.grammar.schema;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The formats that are checked, as regular expressions over whole strings; all are of ASCII. */
final class Formats {
    private static final String LEAP_YEAR =
            "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
    private static final String DATE = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|" + LEAP_YEAR + "-02-29)";
    private static final String TIME =
            "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String IPV4 = BYTE + "(?:\\." + BYTE + "){3}";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final String HOSTNAME = LABEL + "(?:\\." + LABEL + "){0,8}";
    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String HEX = "[0-9A-Fa-f]";
    private static final String URI_CHARACTER = "(?:[A-Za-z0-9._~:@!$&'()*+,;=-]|%" + HEX + "{2})";
    private static final String TAIL = "(?:\\?(?:" + URI_CHARACTER + "|[/?])*)?(?:#(?:" + URI_CHARACTER + "|[/?])*)?";
    private static final String AUTHORITY = "(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%" + HEX + "{2})*@)?(?:\\[" + ipv6()
            + "\\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%" + HEX + "{2})*)(?::[0-9]*)?";

    private static final Map<String, String> REGEXES = new TreeMap<>(Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "[Tt]" + TIME),
            Map.entry("duration", duration()),
            Map.entry("email", ATOM + "(?:\\." + ATOM + "){0,8}@" + HOSTNAME),
            Map.entry("hostname", HOSTNAME),
            Map.entry("ipv4", IPV4),
            Map.entry("ipv6", ipv6()),
            Map.entry("uuid", HEX + "{8}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{12}"),
            Map.entry(
                    "uri",
                    "[A-Za-z][A-Za-z0-9+.-]*:(?://" + AUTHORITY + "(?:/" + URI_CHARACTER + "*)*|/?(?:" + URI_CHARACTER
                            + "+(?:/" + URI_CHARACTER + "*)*)?)" + TAIL)));

    private Formats() {}

    static Optional<String> find(String name) {
        return Optional.ofNullable(REGEXES.get(name));
    }

    static Set<String> names() {
        return REGEXES.keySet();
    }

    /** RFC 4291: eight groups, a run of zeros left out once, the last two perhaps as IPv4. */
    private static String ipv6() {
        String group = HEX + "{1,4}";
        String last = "(?:" + group + ":" + group + "|" + IPV4 + ")";
        var forms = new StringBuilder("(?:(?:" + group + ":){6}" + last);
        for (int before = 0; before <= 7; before++) {
            String head = before == 0 ? "" : group + "(?::" + group + "){" + (before - 1) + "}";
            int after = 7 - before;
            forms.append("|").append(head).append("::");
            var tails = new StringBuilder();
            for (int count = 1; count <= after; count++) {
                tails.append(count == 1 ? "" : "|").append(group);
                tails.append("(?::" + group + "){" + (count - 1) + "}");
                if (count >= 2) {
                    tails.append("|(?:" + group + ":){" + (count - 2) + "}" + IPV4);
                }
            }
            forms.append(after == 0 ? "" : "(?:" + tails + ")?");
        }
        return forms.append(")").toString();
    }

    /** RFC 3339, appendix A. */
    private static String duration() {
        String time = "T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)";
        String date = "(?:[0-9]+D|[0-9]+M(?:[0-9]+D)?|[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?)";
        return "P(?:" + date + "(?:" + time + ")?|" + time + "|[0-9]+W)";
    }
}

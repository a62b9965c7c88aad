package io.jynamo.text.template;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Python's datetime.strftime for a time without a zone, in the C locale, with glibc's flags. */
final class TimeFormat {
    private TimeFormat() {}

    static String format(Rendering r, String pattern, LocalDateTime time) {
        var out = new StringBuilder();
        for (int at = 0; at < pattern.length(); ) {
            var c = pattern.charAt(at++);
            if (c != '%' || at == pattern.length()) {
                out.append(c);
                continue;
            }
            var start = at - 1;
            var flags = at;
            while (at < pattern.length() && "-_0^#".indexOf(pattern.charAt(at)) >= 0) {
                at++;
            }
            if (at == pattern.length()) {
                out.append(pattern, start, at);
                break;
            }
            var field = field(r, pattern.charAt(at), time, pattern.substring(flags, at));
            out.append(field == null ? pattern.substring(start, at + 1) : field);
            at++;
        }
        return out.toString();
    }

    private static @org.jspecify.annotations.Nullable String field(
            Rendering r, char field, LocalDateTime t, String flags) {
        r.step();
        var text = number(field, t, flags);
        if (text == null) {
            text = words(r, field, t);
        }
        if (text == null) {
            return null;
        }
        if (flags.indexOf('^') >= 0) {
            return Text.upper(text);
        }
        return flags.indexOf('#') >= 0 ? (field == 'p' ? Text.lower(text) : Text.upper(text)) : text;
    }

    private static @org.jspecify.annotations.Nullable String number(char field, LocalDateTime t, String flags) {
        var hour12 = (t.getHour() + 11) % 12 + 1;
        var sunday = t.getDayOfWeek().getValue() % 7;
        var monday = t.getDayOfWeek().getValue() - 1;
        var day = t.getDayOfYear() - 1;
        return switch (field) {
            case 'd' -> padded(t.getDayOfMonth(), 2, '0', flags);
            case 'e' -> padded(t.getDayOfMonth(), 2, ' ', flags);
            case 'm' -> padded(t.getMonthValue(), 2, '0', flags);
            case 'y' -> padded(t.getYear() % 100, 2, '0', flags);
            case 'Y' -> padded(t.getYear(), 1, '0', flags);
            case 'C' -> padded(t.getYear() / 100, 2, '0', flags);
            case 'H' -> padded(t.getHour(), 2, '0', flags);
            case 'k' -> padded(t.getHour(), 2, ' ', flags);
            case 'I' -> padded(hour12, 2, '0', flags);
            case 'l' -> padded(hour12, 2, ' ', flags);
            case 'M' -> padded(t.getMinute(), 2, '0', flags);
            case 'S' -> padded(t.getSecond(), 2, '0', flags);
            case 'f' -> padded(t.getNano() / 1000, 6, '0', flags);
            case 'j' -> padded(t.getDayOfYear(), 3, '0', flags);
            case 'U' -> padded((day + 7 - sunday) / 7, 2, '0', flags);
            case 'W' -> padded((day + 7 - monday) / 7, 2, '0', flags);
            case 'V' -> padded(t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0', flags);
            case 'G' -> padded(t.get(IsoFields.WEEK_BASED_YEAR), 1, '0', flags);
            case 'g' -> padded(t.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0', flags);
            case 'u' -> padded(t.getDayOfWeek().getValue(), 1, '0', flags);
            case 'w' -> padded(sunday, 1, '0', flags);
            default -> null;
        };
    }

    private static String padded(long value, int width, char usual, String flags) {
        if (flags.indexOf('-') >= 0) {
            return Long.toString(value);
        }
        var fill = flags.indexOf('_') >= 0 ? " " : flags.indexOf('0') >= 0 ? "0" : String.valueOf(usual);
        var digits = Long.toString(value);
        return fill.repeat(Math.max(0, width - digits.length())) + digits;
    }

    private static @org.jspecify.annotations.Nullable String words(Rendering r, char field, LocalDateTime t) {
        return switch (field) {
            case 'a' -> name(t.getDayOfWeek(), TextStyle.SHORT);
            case 'A' -> name(t.getDayOfWeek(), TextStyle.FULL);
            case 'b', 'h' -> t.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'p' -> t.getHour() < 12 ? "AM" : "PM";
            case 'P' -> t.getHour() < 12 ? "am" : "pm";
            case 'c' -> format(r, "%a %b %e %H:%M:%S %Y", t);
            case 'x', 'D' -> format(r, "%m/%d/%y", t);
            case 'X', 'T' -> format(r, "%H:%M:%S", t);
            case 'R' -> format(r, "%H:%M", t);
            case 'r' -> format(r, "%I:%M:%S %p", t);
            case 'F' -> format(r, "%Y-%m-%d", t);
            case 's' -> Long.toString(t.toEpochSecond(ZoneOffset.UTC));
            case 'z', 'Z' -> "";
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            default -> null;
        };
    }

    private static String name(DayOfWeek day, TextStyle style) {
        return day.getDisplayName(style, Locale.ENGLISH);
    }
}

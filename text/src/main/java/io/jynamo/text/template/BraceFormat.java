package io.jynamo.text.template;

import org.jspecify.annotations.Nullable;

/** Python's str.format, with the sandbox's rules for the attributes its fields name. */
final class BraceFormat {
    private final Rendering rendering;
    private final Arguments arguments;
    private int automatic;

    private BraceFormat(Rendering rendering, Arguments arguments) {
        this.rendering = rendering;
        this.arguments = arguments;
    }

    static String format(Rendering r, String format, Arguments arguments) {
        return new BraceFormat(r, arguments).expand(format, 2);
    }

    private String expand(String format, int depth) {
        if (depth < 0) {
            throw TemplateFailure.value("Max string recursion exceeded");
        }
        var out = new StringBuilder();
        for (int at = 0; at < format.length(); ) {
            var c = format.charAt(at++);
            if (c != '{' && c != '}') {
                out.append(c);
            } else if (at < format.length() && format.charAt(at) == c) {
                out.append(c);
                at++;
            } else if (c == '}') {
                throw TemplateFailure.value("Single '}' encountered in format string");
            } else {
                var end = fieldEnd(format, at);
                out.append(field(format.substring(at, end), depth));
                at = end + 1;
            }
        }
        return out.toString();
    }

    private static int fieldEnd(String format, int from) {
        if (from == format.length()) {
            throw TemplateFailure.value("Single '{' encountered in format string");
        }
        var open = 1;
        for (int i = from; i < format.length(); i++) {
            var c = format.charAt(i);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (open == 0) {
                return i;
            }
        }
        throw TemplateFailure.value("expected '}' before end of string");
    }

    private String field(String field, int depth) {
        rendering.step();
        var end = 0;
        while (end < field.length() && field.charAt(end) != '!' && field.charAt(end) != ':') {
            end = field.charAt(end) == '[' ? Math.max(end + 1, field.indexOf(']', end)) : end + 1;
        }
        var value = value(field.substring(0, Math.min(end, field.length())));
        if (end < field.length() && field.charAt(end) == '!') {
            if (end + 1 >= field.length()) {
                throw TemplateFailure.value("end of string while looking for conversion specifier");
            }
            value = convert(value, field.charAt(end + 1));
            end += 2;
            if (end < field.length() && field.charAt(end) != ':') {
                throw TemplateFailure.value("expected ':' after conversion specifier");
            }
        }
        var spec = end < field.length() ? expand(field.substring(end + 1), depth - 1) : "";
        return rendering.allocated(FormatSpec.format(rendering, value, spec));
    }

    private static Object convert(@Nullable Object value, char conversion) {
        return switch (conversion) {
            case 's' -> Representation.text(value);
            case 'r' -> Representation.of(value);
            case 'a' -> Representation.ascii(value);
            default -> throw TemplateFailure.value("Unknown conversion specifier " + conversion);
        };
    }

    private @Nullable Object value(String path) {
        var end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        var value = argument(path.substring(0, end));
        while (end < path.length()) {
            if (path.charAt(end) == '.') {
                var next = end + 1;
                while (next < path.length() && path.charAt(next) != '.' && path.charAt(next) != '[') {
                    next++;
                }
                value = Members.attribute(value, named(path.substring(end + 1, next)));
                end = next;
            } else {
                var close = path.indexOf(']', end);
                if (close < 0) {
                    throw TemplateFailure.value("Missing ']' in format string");
                }
                value = Members.item(rendering, value, key(named(path.substring(end + 1, close))));
                end = close + 1;
                if (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
                    throw TemplateFailure.value("Only '.' or '[' may follow ']' in format field specifier");
                }
            }
        }
        return value;
    }

    private static String named(String name) {
        if (name.isEmpty()) {
            throw TemplateFailure.value("Empty attribute in format string");
        }
        return name;
    }

    private static Object key(String text) {
        return isIndex(text) ? (Object) Long.valueOf(text) : text;
    }

    private static boolean isIndex(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private @Nullable Object argument(String name) {
        if (!name.isEmpty() && !isIndex(name)) {
            var value = arguments.keyword(name);
            if (Types.isAbsent(value)) {
                throw new TemplateFailure("KeyError", Representation.of(name));
            }
            return value;
        }
        if (name.isEmpty() ? automatic < 0 : automatic > 0) {
            throw TemplateFailure.value(
                    "cannot switch between manual field specification and automatic field numbering");
        }
        var index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
        automatic = name.isEmpty() ? automatic : -1;
        if (index >= arguments.positional().size()) {
            throw new TemplateFailure(
                    "IndexError", "Replacement index " + index + " out of range for positional args tuple");
        }
        return arguments.positional().get(index);
    }
}

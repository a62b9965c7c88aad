package io.jynamo.text.template;

import java.util.Map;

/** The methods of str that fill a text up to a width. */
final class Padding {
    private Padding() {}

    static void register(Map<String, TextMethods.Method> methods) {
        methods.put("ljust", (r, s, a) -> pad(r, "ljust", s, a));
        methods.put("rjust", (r, s, a) -> pad(r, "rjust", s, a));
        methods.put("center", (r, s, a) -> pad(r, "center", s, a));
        methods.put("zfill", Padding::zeroFill);
    }

    private static String pad(Rendering r, String name, String self, Arguments arguments) {
        var bound = arguments.bind(name, 1, "width", "fillchar");
        var fill = Arguments.text(bound[1], " ");
        if (Text.length(fill) != 1) {
            throw TemplateFailure.type("The fill character must be exactly one character long");
        }
        var width = Arguments.integer(bound[0], 0);
        var missing = Math.max(0, width - Text.length(self));
        return switch (name) {
            case "ljust" -> filled(r, self, 0, missing, fill);
            case "rjust" -> filled(r, self, missing, 0, fill);
            default -> center(r, self, width, fill);
        };
    }

    /** Python puts the odd one left where both the missing count and the width are odd. */
    static String center(Rendering r, String self, int width, String fill) {
        var missing = Math.max(0, width - Text.length(self));
        var left = missing / 2 + (missing & width & 1);
        return filled(r, self, left, missing - left, fill);
    }

    static String filled(Rendering r, String text, int left, int right, String fill) {
        r.allocate((long) text.length() + ((long) left + right) * fill.length());
        return fill.repeat(left) + text + fill.repeat(right);
    }

    private static String zeroFill(Rendering r, String self, Arguments arguments) {
        var missing = Arguments.integer(arguments.bind("zfill", 1, "width")[0], 0) - Text.length(self);
        if (missing <= 0) {
            return self;
        }
        var signed = self.startsWith("+") || self.startsWith("-");
        r.allocate((long) self.length() + missing);
        return (signed ? self.substring(0, 1) : "") + "0".repeat(missing) + self.substring(signed ? 1 : 0);
    }
}

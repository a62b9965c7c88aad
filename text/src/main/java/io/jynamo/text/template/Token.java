package io.jynamo.text.template;

import org.jspecify.annotations.Nullable;

/**
 * A piece of template source.
 *
 * @param text operators and names as written, strings unescaped, data as it is printed
 * @param number the value of an integer or float
 * @param line 1-based
 */
record Token(Kind kind, String text, @Nullable Object number, int line) {
    enum Kind {
        DATA("template data"),
        NAME("name"),
        STRING("string"),
        INTEGER("integer"),
        FLOAT("float"),
        OPERATOR("operator"),
        BLOCK_BEGIN("begin of statement block"),
        BLOCK_END("end of statement block"),
        VARIABLE_BEGIN("begin of print statement"),
        VARIABLE_END("end of print statement"),
        END("end of template");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    boolean is(Kind wanted) {
        return kind == wanted;
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    String describe() {
        return switch (kind) {
            case NAME, OPERATOR -> "'" + text + "'";
            case DATA, STRING, INTEGER, FLOAT, BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, END ->
                kind.words();
        };
    }
}

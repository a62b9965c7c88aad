package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node that computes a value. Immutable once its template is parsed. */
interface Expression {
    @Nullable
    Object eval(Frame frame);

    /** A literal. */
    record Constant(@Nullable Object value) implements Expression {
        @Override
        public @Nullable Object eval(Frame frame) {
            return value;
        }
    }

    /** A name, whose places are known once its scope is closed. */
    final class Name implements Expression {
        private final String name;
        private int[] places = {};

        Name(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        void bind(Scope scope) {
            places = scope.places(name);
        }

        @Override
        public @Nullable Object eval(Frame frame) {
            for (int i = 0; i < places.length; i += 2) {
                var value = frame.out(places[i]).get(places[i + 1]);
                if (!Types.isUnset(value)) {
                    return value;
                }
            }
            return frame.rendering().lookup(name);
        }
    }

    record ListDisplay(List<Expression> elements) implements Expression {
        @Override
        public Object eval(Frame frame) {
            frame.rendering().elements(elements.size());
            List<@Nullable Object> list = new ArrayList<>(elements.size());
            for (var element : elements) {
                list.add(element.eval(frame));
            }
            return list;
        }
    }

    record TupleDisplay(List<Expression> elements) implements Expression {
        @Override
        public Object eval(Frame frame) {
            frame.rendering().elements(elements.size());
            var values = new @Nullable Object[elements.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = elements.get(i).eval(frame);
            }
            return Tuple.of(values);
        }
    }

    record DictDisplay(List<Expression> keys, List<Expression> values) implements Expression {
        @Override
        public Object eval(Frame frame) {
            frame.rendering().elements(keys.size());
            var dict = new LinkedHashMap<@Nullable Object, @Nullable Object>();
            for (int i = 0; i < keys.size(); i++) {
                Dicts.put(dict, keys.get(i).eval(frame), values.get(i).eval(frame));
            }
            return dict;
        }
    }

    /** {@code value if test else otherwise}; without an else, undefined. */
    record Conditional(
            Expression test, Expression value, @Nullable Expression otherwise, int line) implements Expression {
        @Override
        public @Nullable Object eval(Frame frame) {
            if (Types.truth(test.eval(frame))) {
                return value.eval(frame);
            }
            return otherwise != null
                    ? otherwise.eval(frame)
                    : Undefined.of("the inline if-expression on line " + line
                            + " evaluated to false and no else section was defined.");
        }
    }

    /** One of several that decides: the first false one of {@code and}, the first true one of {@code or}. */
    record Choice(boolean deciding, List<Expression> operands) implements Expression {
        @Override
        public @Nullable Object eval(Frame frame) {
            @Nullable Object value = null;
            for (var operand : operands) {
                value = operand.eval(frame);
                if (Types.truth(value) == deciding) {
                    return value;
                }
            }
            return value;
        }
    }

    record Not(Expression operand) implements Expression {
        @Override
        public Object eval(Frame frame) {
            return !Types.truth(operand.eval(frame));
        }
    }

    record Sign(boolean negative, Expression operand) implements Expression {
        @Override
        public Object eval(Frame frame) {
            var value = operand.eval(frame);
            return negative ? Arithmetic.negate(value) : Arithmetic.plus(value);
        }
    }

    /** {@code a ~ b ~ c}. */
    record Concatenation(List<Expression> operands) implements Expression {
        @Override
        public Object eval(Frame frame) {
            var text = new StringBuilder();
            for (var operand : operands) {
                var part = Representation.text(operand.eval(frame));
                frame.rendering().grow(text, part.length());
                text.append(part);
            }
            return text.toString();
        }
    }

    /** Operators of one precedence from left to right. */
    record Chain(Expression first, List<Operator> operators, List<Expression> operands) implements Expression {
        @Override
        public @Nullable Object eval(Frame frame) {
            var r = frame.rendering();
            var value = first.eval(frame);
            var texts = new ArrayList<String>(); // to be added to value at once, since each sum would copy them all
            for (int i = 0; i < operands.size(); i++) {
                var operator = operators.get(i);
                var operand = operands.get(i).eval(frame);
                if (operator == Operator.ADD && value instanceof String && operand instanceof String text) {
                    texts.add(text);
                } else {
                    value = Arithmetic.apply(r, operator, joined(r, value, texts), operand);
                    texts.clear();
                }
            }
            return joined(r, value, texts);
        }

        private static @Nullable Object joined(Rendering r, @Nullable Object value, List<String> texts) {
            if (texts.isEmpty() || !(value instanceof String first)) {
                return value;
            }
            texts.addFirst(first);
            long length = 0;
            for (String text : texts) {
                length += text.length();
            }
            r.steps(texts.size());
            r.allocate(length);
            return String.join("", texts);
        }
    }

    /** Comparisons that all hold: {@code a < b <= c}. */
    record Comparisons(Expression first, List<String> operators, List<Expression> operands) implements Expression {
        @Override
        public Object eval(Frame frame) {
            var left = first.eval(frame);
            for (int i = 0; i < operands.size(); i++) {
                var right = operands.get(i).eval(frame);
                if (!holds(frame.rendering(), operators.get(i), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        static boolean holds(Rendering r, String operator, @Nullable Object left, @Nullable Object right) {
            return switch (operator) {
                case "==" -> Comparison.equal(left, right);
                case "!=" -> !Comparison.equal(left, right);
                case "in" -> Comparison.contains(r, right, left);
                case "not in" -> !Comparison.contains(r, right, left);
                default -> {
                    var order = Comparison.order(left, right, operator);
                    yield !Comparison.unordered(left, right) && ordered(operator, order);
                }
            };
        }

        private static boolean ordered(String operator, int order) {
            return switch (operator) {
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                default -> order >= 0;
            };
        }
    }

    /** A primary with attributes, elements, calls, filters and tests behind it, applied in a row. */
    record Trail(Expression first, List<Link> links) implements Expression {
        @Override
        public @Nullable Object eval(Frame frame) {
            var value = first.eval(frame);
            for (int i = 0; i < links.size(); i++) {
                value = links.get(i).apply(frame, value);
            }
            return value;
        }
    }
}

package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node that computes a value from the one to its left: an attribute, an element, a call, a filter, a test. */
interface Link {
    @Nullable
    Object apply(Frame frame, @Nullable Object value);

    record Attribute(String name) implements Link {
        @Override
        public @Nullable Object apply(Frame frame, @Nullable Object value) {
            return Members.attribute(value, name);
        }
    }

    record Item(Expression key) implements Link {
        @Override
        public @Nullable Object apply(Frame frame, @Nullable Object value) {
            return Members.item(frame.rendering(), value, key.eval(frame));
        }
    }

    record Slice(
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Link {
        @Override
        public @Nullable Object apply(Frame frame, @Nullable Object value) {
            Undefined.refuse(value);
            var from = start == null ? null : start.eval(frame);
            var to = stop == null ? null : stop.eval(frame);
            var by = step == null ? null : step.eval(frame);
            return Sequences.slice(frame.rendering(), value, from, to, by);
        }
    }

    /** What a call, filter or test passes. */
    record Passed(
            List<Expression> positional,
            List<String> names,
            List<Expression> named,
            @Nullable Expression more,
            @Nullable Expression moreNamed) {
        static final Passed NOTHING = new Passed(List.of(), List.of(), List.of(), null, null);

        Arguments eval(Frame frame) {
            if (Types.isIdentical(this, NOTHING)) {
                return Arguments.NONE;
            }
            List<@Nullable Object> values = new ArrayList<>(positional.size());
            for (var expression : positional) {
                values.add(expression.eval(frame));
            }
            if (more != null) {
                values.addAll(Sequences.list(frame.rendering(), more.eval(frame)));
            }
            if (named.isEmpty() && moreNamed == null) {
                return new Arguments(values, List.of(), List.of());
            }
            var keys = new ArrayList<>(names);
            List<@Nullable Object> keywords = new ArrayList<>(named.size());
            for (var expression : named) {
                keywords.add(expression.eval(frame));
            }
            if (moreNamed != null) {
                spread(moreNamed.eval(frame), keys, keywords);
            }
            return new Arguments(values, keys, keywords);
        }

        private static void spread(@Nullable Object value, List<String> keys, List<@Nullable Object> keywords) {
            Undefined.refuse(value);
            if (!(value instanceof Map<?, ?> dict)) {
                throw TemplateFailure.type("argument after ** must be a mapping, not " + Types.name(value));
            }
            for (var entry : dict.entrySet()) {
                if (!(entry.getKey() instanceof String name)) {
                    throw TemplateFailure.type("keywords must be strings");
                }
                if (keys.contains(name)) {
                    throw TemplateFailure.type("got multiple values for keyword argument '" + name + "'");
                }
                keys.add(name);
                keywords.add(entry.getValue());
            }
        }
    }

    record Call(Passed passed) implements Link {
        @Override
        public @Nullable Object apply(Frame frame, @Nullable Object value) {
            return call(frame, value, passed.eval(frame));
        }

        static @Nullable Object call(Frame frame, @Nullable Object value, Arguments arguments) {
            frame.rendering().step();
            Undefined.refuse(value);
            if (!(value instanceof Invocable invocable)) {
                throw TemplateFailure.type("'" + Types.name(value) + "' object is not callable");
            }
            return invocable.call(frame.rendering(), arguments);
        }
    }

    record Filter(String name, FilterTable.@Nullable Filter filter, Passed passed) implements Link {
        @Override
        public @Nullable Object apply(Frame frame, @Nullable Object value) {
            frame.rendering().step();
            return FilterTable.require(filter, name).apply(frame.rendering(), value, passed.eval(frame));
        }
    }

    record Test(String name, TestTable.@Nullable Test test, boolean negated, Passed passed) implements Link {
        @Override
        public Object apply(Frame frame, @Nullable Object value) {
            frame.rendering().step();
            return negated != TestTable.require(test, name).holds(frame.rendering(), value, passed.eval(frame));
        }
    }
}

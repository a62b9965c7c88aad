package io.jynamo.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place that a value is assigned to. */
interface Target {
    void assign(Frame frame, @Nullable Object value);

    record Slot(int slot) implements Target {
        @Override
        public void assign(Frame frame, @Nullable Object value) {
            frame.set(slot, value);
        }
    }

    /** {@code ns.name}. */
    record Field(Expression owner, String name) implements Target {
        @Override
        public void assign(Frame frame, @Nullable Object value) {
            if (!(owner.eval(frame) instanceof Namespace namespace)) {
                throw new TemplateFailure("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
            }
            namespace.set(name, value);
        }
    }

    /** {@code a, b}: takes a value apart. */
    record Unpack(List<Target> targets) implements Target {
        @Override
        public void assign(Frame frame, @Nullable Object value) {
            if (!Types.isIterable(value)) {
                throw TemplateFailure.type("cannot unpack non-iterable " + Types.name(value) + " object");
            }
            var elements = Sequences.list(frame.rendering(), value);
            if (elements.size() > targets.size()) {
                throw TemplateFailure.value("too many values to unpack (expected " + targets.size() + ")");
            }
            if (elements.size() < targets.size()) {
                throw TemplateFailure.value(
                        "not enough values to unpack (expected " + targets.size() + ", got " + elements.size() + ")");
            }
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(frame, elements.get(i));
            }
        }
    }
}

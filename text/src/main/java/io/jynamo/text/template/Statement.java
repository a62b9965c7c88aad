package io.jynamo.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node that does something: prints, assigns, decides, repeats. Immutable once its template is parsed. */
interface Statement {
    /** How a statement ended: on to the next, or out of a loop turn. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow run(Frame frame);

    /** Statements in a row. */
    record Block(List<Statement> statements) implements Statement {
        @Override
        public Flow run(Frame frame) {
            for (int i = 0; i < statements.size(); i++) {
                frame.rendering().step();
                var flow = statements.get(i).run(frame);
                if (flow != Flow.NEXT) {
                    return flow;
                }
            }
            return Flow.NEXT;
        }
    }

    /** Source text that is printed as it stands. */
    record Data(String text) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.rendering().emit(text);
            return Flow.NEXT;
        }
    }

    record Print(Expression value, int line) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.rendering().at(line);
            frame.rendering().emit(Representation.text(value.eval(frame)));
            return Flow.NEXT;
        }
    }

    /** Leaves a turn of the nearest loop. */
    record Leave(Flow flow) implements Statement {
        @Override
        public Flow run(Frame frame) {
            return flow;
        }
    }

    /** {@code if}, each {@code elif} with its body, and {@code else}. */
    record If(List<Expression> tests, List<Block> bodies, Block otherwise, List<Integer> lines) implements Statement {
        @Override
        public Flow run(Frame frame) {
            for (int i = 0; i < tests.size(); i++) {
                frame.rendering().at(lines.get(i));
                if (Types.truth(tests.get(i).eval(frame))) {
                    return bodies.get(i).run(frame);
                }
            }
            return otherwise.run(frame);
        }
    }

    record Set(Target target, Expression value, int line) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.rendering().at(line);
            target.assign(frame, value.eval(frame));
            return Flow.NEXT;
        }
    }

    /** A body with names of its own. */
    record Scoped(Block body, int firstSlot, int lastSlot) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.clear(firstSlot, lastSlot);
            return body.run(frame);
        }

        /** What the body prints. */
        String capture(Frame frame) {
            var before = frame.rendering().beginCapture();
            run(frame);
            return frame.rendering().endCapture(before);
        }
    }

    /** {@code {% set x %}…{% endset %}}, with filters. */
    record Capture(Target target, List<Link> filters, Scoped body, int line) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.rendering().at(line);
            target.assign(frame, filtered(frame, filters, body.capture(frame)));
            return Flow.NEXT;
        }

        static @Nullable Object filtered(Frame frame, List<Link> filters, @Nullable Object start) {
            var value = start;
            for (var filter : filters) {
                value = filter.apply(frame, value);
            }
            return value;
        }
    }

    record FilterBlock(List<Link> filters, Scoped body, int line) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.rendering().at(line);
            var value = Capture.filtered(frame, filters, body.capture(frame));
            frame.rendering().emit(Representation.text(value));
            return Flow.NEXT;
        }
    }

    /** {@code with}: the values are computed outside the scope they are assigned in. */
    record With(List<Target> targets, List<Expression> values, Scoped body, int line) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.rendering().at(line);
            var computed = values.stream().map(value -> value.eval(frame)).toArray();
            frame.clear(body.firstSlot(), body.lastSlot());
            for (int i = 0; i < computed.length; i++) {
                targets.get(i).assign(frame, computed[i]);
            }
            return body.body().run(frame);
        }
    }

    record DefineMacro(int slot, MacroShape shape) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.set(slot, new Macro(shape, frame));
            return Flow.NEXT;
        }
    }

    /** {@code call}: calls with the body as the macro {@code caller}. */
    record CallBlock(Expression callee, Link.Passed passed, MacroShape caller, int line) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.rendering().at(line);
            var value = callee.eval(frame);
            var arguments = passed.eval(frame);
            var names = new java.util.ArrayList<>(arguments.names());
            var named = new java.util.ArrayList<@Nullable Object>(arguments.named());
            names.add("caller");
            named.add(new Macro(caller, frame));
            var result = Link.Call.call(frame, value, new Arguments(arguments.positional(), names, named));
            frame.rendering().emit(Representation.text(result));
            return Flow.NEXT;
        }
    }
}

package io.jynamo.text.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The {@code for} statement.
 *
 * @param filter the condition behind {@code if}, with its own place for the element, or null
 * @param loopSlot where the body finds {@code loop}
 * @param ownFrame the shape of the frame each run needs if the loop is recursive, or null
 * @param levels how deep the body nests in the source
 */
record For(
        Expression iterable,
        @Nullable Filter filter,
        Target target,
        int loopSlot,
        Statement.Scoped body,
        Statement.Scoped otherwise,
        Scope.@Nullable Shape ownFrame,
        int levels,
        int line)
        implements Statement {
    record Filter(Target target, Expression test) {}

    @Override
    public Flow run(Frame frame) {
        frame.rendering().at(line);
        repeat(frame, iterable.eval(frame), 0);
        return Flow.NEXT;
    }

    /** Runs the loop over other elements, from within its own body; what it prints is the result. */
    String recurse(Frame frame, @Nullable Object elements, int depth) {
        var r = frame.rendering();
        r.enter(levels);
        var before = r.beginCapture();
        repeat(frame, elements, depth);
        r.leave(levels);
        return r.endCapture(before);
    }

    private void repeat(Frame frame, @Nullable Object elements, int depth) {
        var r = frame.rendering();
        var iterator = Sequences.iterator(r, elements);
        var length = filter == null ? Sequences.length(elements) : -1;
        var loop = new Loop(this, frame, filter == null ? iterator : filtered(frame, iterator), length, depth);
        var inner = ownFrame == null ? frame : new Frame(r, frame, ownFrame.size());
        while (loop.advance()) {
            r.step();
            inner.clear(body.firstSlot(), body.lastSlot());
            inner.set(loopSlot, loop);
            target.assign(inner, loop.current());
            if (body.body().run(inner) == Flow.BREAK) {
                return;
            }
        }
        if (loop.isUnused()) {
            otherwise.run(frame);
        }
    }

    private Iterator<@Nullable Object> filtered(Frame frame, Iterator<? extends @Nullable Object> source) {
        var condition = java.util.Objects.requireNonNull(filter);
        return new Iterator<>() {
            private @Nullable Object next = Frame.UNSET;

            @Override
            public boolean hasNext() {
                while (Types.isUnset(next) && source.hasNext()) {
                    frame.rendering().step();
                    var candidate = source.next();
                    condition.target.assign(frame, candidate);
                    if (Types.truth(condition.test.eval(frame))) {
                        next = candidate;
                    }
                }
                return !Types.isUnset(next);
            }

            @Override
            public @Nullable Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                var given = next;
                next = Frame.UNSET;
                return given;
            }
        };
    }
}

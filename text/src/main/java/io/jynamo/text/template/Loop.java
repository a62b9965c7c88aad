package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}: where a running loop stands. Elements are taken from the iterator no earlier than asked. */
final class Loop implements Attributed, Invocable {
    private final For statement;
    private final Frame frame;
    private final int depth;
    private Iterator<? extends @Nullable Object> elements;
    private int length;
    private int index = -1;
    private @Nullable Object before = Frame.UNSET;
    private @Nullable Object current = Frame.UNSET;
    private @Nullable Object after = Frame.UNSET;
    private @Nullable Object lastChanged = Frame.UNSET;

    /** With the number of elements, or -1 where only counting tells. */
    Loop(For statement, Frame frame, Iterator<? extends @Nullable Object> elements, int length, int depth) {
        this.statement = statement;
        this.frame = frame;
        this.elements = elements;
        this.length = length;
        this.depth = depth;
    }

    boolean advance() {
        if (!hasNext()) {
            return false;
        }
        index++;
        before = current;
        current = after;
        after = Frame.UNSET;
        return true;
    }

    private boolean hasNext() {
        if (Types.isUnset(after) && elements.hasNext()) {
            after = elements.next();
        }
        return !Types.isUnset(after);
    }

    @Nullable
    Object current() {
        return current;
    }

    boolean isUnused() {
        return index < 0;
    }

    int length() {
        if (length < 0) {
            List<@Nullable Object> rest = new ArrayList<>();
            while (elements.hasNext()) {
                frame.rendering().allocate(1);
                rest.add(elements.next());
            }
            elements = rest.iterator();
            length = rest.size() + index + 1 + (Types.isUnset(after) ? 0 : 1);
        }
        return length;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "first" -> index == 0;
            case "last" -> !hasNext();
            case "length" -> (long) length();
            case "revindex" -> (long) length() - index;
            case "revindex0" -> (long) length() - index - 1;
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> index == 0 ? Undefined.of("there is no previous item") : before;
            case "nextitem" -> hasNext() ? after : Undefined.of("there is no next item");
            case "cycle" -> (Invocable) (r, arguments) -> cycle(arguments);
            case "changed" -> (Invocable) (r, arguments) -> changed(arguments);
            default -> Arguments.ABSENT;
        };
    }

    private @Nullable Object cycle(Arguments arguments) {
        var choices = arguments.positional();
        if (choices.isEmpty()) {
            throw TemplateFailure.type("no items for cycling given");
        }
        return choices.get(index % choices.size());
    }

    private boolean changed(Arguments arguments) {
        var value = Tuple.copyOf(arguments.positional());
        if (!Types.isUnset(lastChanged) && Comparison.equal(lastChanged, value)) {
            return false;
        }
        lastChanged = value;
        return true;
    }

    @Override
    public Object call(Rendering rendering, Arguments arguments) {
        if (statement.ownFrame() == null) {
            throw TemplateFailure.type("The loop must have the 'recursive' marker to be called recursively.");
        }
        return statement.recurse(frame, arguments.bind("loop", 1, "iterable")[0], depth + 1);
    }

    @Override
    public String toString() {
        return "<LoopContext " + (index + 1) + "/" + length() + ">";
    }
}

package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The shapes that request fields are made of. */
public final class Shapes {
    private Shapes() {}

    public static Shape<Boolean> bool() {
        return shape(
                (in, path) -> {
                    require(in.isBoolean(), in, path, "true or false");
                    return in.bool();
                },
                out -> out.name("type").value("boolean"));
    }

    public static Shape<Long> integer(long min, long max) {
        return shape(
                (in, path) -> {
                    require(in.isInteger(), in, path, "an integer");
                    Long value = in.integer();
                    if (value == null || value < min || value > max) {
                        throw Refusal.invalid(path, "`" + path + "` must be " + range(min, max) + ".");
                    }
                    return value;
                },
                out -> {
                    out.name("type").value("integer");
                    bound(out, "minimum", min, Long.MIN_VALUE);
                    bound(out, "maximum", max, Long.MAX_VALUE);
                });
    }

    /** A number within {@code min..max}; {@code min} itself only when {@code includesMin}. */
    public static Shape<Double> number(double min, boolean includesMin, double max) {
        return shape(
                (in, path) -> {
                    require(in.isNumber(), in, path, "a number");
                    double value = in.number();
                    boolean low = includesMin ? value >= min : value > min;
                    if (!(low && value <= max)) {
                        throw Refusal.invalid(
                                path,
                                "`" + path + "` must be " + (includesMin ? "at least " : "above ") + plain(min)
                                        + " and at most " + plain(max) + ", not " + plain(value) + ".");
                    }
                    return value;
                },
                out -> out.name("type")
                        .value("number")
                        .name(includesMin ? "minimum" : "exclusiveMinimum")
                        .value(min)
                        .name("maximum")
                        .value(max));
    }

    public static Shape<String> string() {
        return shape(
                (in, path) -> {
                    require(in.isString(), in, path, "a string");
                    return in.string();
                },
                out -> out.name("type").value("string"));
    }

    /** A string of so many characters. */
    public static Shape<String> string(int least, int most) {
        return shape(
                (in, path) -> {
                    require(in.isString(), in, path, "a string");
                    String value = in.string();
                    if (value.length() < least || value.length() > most) {
                        throw Refusal.invalid(path, "`" + path + "` must have " + range(least, most) + " characters.");
                    }
                    return value;
                },
                out -> {
                    out.name("type").value("string");
                    bound(out, "minLength", least, 0);
                    bound(out, "maxLength", most, Integer.MAX_VALUE);
                });
    }

    public static Shape<String> nonBlank() {
        return shape(
                (in, path) -> {
                    require(in.isString(), in, path, "a string");
                    String value = in.string();
                    if (value.isBlank()) {
                        throw Refusal.invalid(path, "`" + path + "` must not be blank.");
                    }
                    return value;
                },
                out -> out.name("type").value("string").name("minLength").value(1));
    }

    public static Shape<String> oneOf(String... choices) {
        List<String> allowed = List.of(choices);
        return shape(
                (in, path) -> {
                    require(in.isString(), in, path, "a string");
                    String value = in.string();
                    if (!allowed.contains(value)) {
                        throw Refusal.invalid(
                                path, "`" + path + "` must be one of " + allowed + ", not '" + value + "'.");
                    }
                    return value;
                },
                out -> {
                    out.name("type").value("string").name("enum").beginArray();
                    allowed.forEach(out::value);
                    out.endArray();
                });
    }

    public static <T> Shape<List<T>> list(Shape<T> element, int min, int max) {
        return shape(
                (in, path) -> {
                    require(in.isArray(), in, path, "an array");
                    List<T> values = new ArrayList<>();
                    while (in.nextElement()) {
                        if (values.size() == max) {
                            throw Refusal.invalid(path, "`" + path + "` must have at most " + max + " items.");
                        }
                        values.add(element.read(in, path + "[" + values.size() + "]"));
                    }
                    if (values.size() < min) {
                        throw Refusal.invalid(path, "`" + path + "` must have at least " + min + " item(s).");
                    }
                    return values;
                },
                out -> {
                    out.name("type").value("array").name("items");
                    describe(element, out);
                    bound(out, "minItems", min, 0);
                    bound(out, "maxItems", max, Integer.MAX_VALUE);
                });
    }

    /** A list of token ids, kept as an array because prompts are long. */
    public static Shape<int[]> tokenIds(int min) {
        return shape(
                (in, path) -> {
                    require(in.isArray(), in, path, "an array of token ids");
                    int[] ids = new int[16];
                    int count = 0;
                    while (in.nextElement()) {
                        if (count == ids.length) {
                            ids = Arrays.copyOf(ids, count * 2);
                        }
                        ids[count] = tokenId(in, path, count);
                        count++;
                    }
                    if (count < min) {
                        throw Refusal.invalid(path, "`" + path + "` must have at least " + min + " token id(s).");
                    }
                    return Arrays.copyOf(ids, count);
                },
                out -> {
                    out.name("type").value("array");
                    out.name("items").beginObject().name("type").value("integer");
                    out.name("minimum").value(0).endObject();
                    bound(out, "minItems", min, 0);
                });
    }

    private static int tokenId(JsonInput in, String path, int index) {
        Long value = in.isInteger() ? in.integer() : null;
        if (value == null || value < 0 || value > Integer.MAX_VALUE) {
            throw Refusal.invalid(
                    path + "[" + index + "]",
                    "`" + path + "[" + index + "]` must be a token id (an integer from 0), not " + in.kind() + ".");
        }
        return value.intValue();
    }

    public static <T> Shape<Map<String, T>> map(Shape<T> element, int max) {
        return shape(
                (in, path) -> {
                    require(in.isObject(), in, path, "an object");
                    Map<String, T> values = new LinkedHashMap<>();
                    for (String name = in.nextName(); name != null; name = in.nextName()) {
                        if (values.size() == max) {
                            throw Refusal.invalid(path, "`" + path + "` must have at most " + max + " entries.");
                        }
                        values.put(name, element.read(in, path + "." + name));
                    }
                    return values;
                },
                out -> {
                    out.name("type").value("object").name("additionalProperties");
                    describe(element, out);
                    out.name("maxProperties").value(max);
                });
    }

    /** An object with its own table of fields. */
    public static Shape<FieldValues> object(FieldTable table) {
        return shape(
                (in, path) -> {
                    require(in.isObject(), in, path, "an object");
                    return table.read(in, path);
                },
                table::describeMembers);
    }

    /** Any object, as a tree. */
    @SuppressWarnings("unchecked") // a tree that began with a brace is such a map
    public static Shape<Map<String, @Nullable Object>> freeObject() {
        return shape(
                (in, path) -> {
                    require(in.isObject(), in, path, "an object");
                    return (Map<String, @Nullable Object>) java.util.Objects.requireNonNull(in.tree());
                },
                out -> out.name("type").value("object"));
    }

    /** One of several shapes, told apart by {@code choose}. */
    public static <T> Shape<T> either(BiFunction<JsonInput, String, T> read, Shape<?>... described) {
        return shape(read, out -> {
            out.name("anyOf").beginArray();
            for (Shape<?> one : described) {
                describe(one, out);
            }
            out.endArray();
        });
    }

    public static <T> Shape<T> shape(BiFunction<JsonInput, String, T> read, Consumer<JsonWriter> members) {
        return new Shape<>() {
            @Override
            public T read(JsonInput in, String path) {
                return read.apply(in, path);
            }

            @Override
            public void describe(JsonWriter out) {
                members.accept(out);
            }
        };
    }

    public static void describe(Shape<?> shape, JsonWriter out) {
        out.beginObject();
        shape.describe(out);
        out.endObject();
    }

    public static void require(boolean is, JsonInput in, String path, String expected) {
        if (!is) {
            throw Refusal.invalid(path, "`" + path + "` must be " + expected + ", not " + in.kind() + ".");
        }
    }

    private static String range(long min, long max) {
        if (max == Long.MAX_VALUE || max == Integer.MAX_VALUE) {
            return min == Long.MIN_VALUE ? "a 64-bit integer" : "at least " + min;
        }
        return min == Long.MIN_VALUE ? "at most " + max : "from " + min + " to " + max;
    }

    private static void bound(JsonWriter out, String name, long value, long unbounded) {
        if (value != unbounded) {
            out.name(name).value(value);
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** Lets a caller add a check to a shape. */
    public static <T> Shape<T> checked(Shape<T> shape, BiConsumer<T, String> check) {
        return shape(
                (in, path) -> {
                    T value = shape.read(in, path);
                    check.accept(value, path);
                    return value;
                },
                shape::describe);
    }
}

package io.jynamo.frontend.openai;

import io.jynamo.protocol.ErrorCode;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One field of a request: its names, the values it takes, and whether what it asks for is built.
 *
 * @param name as clients write it
 * @param aliases other names for it
 * @param shape null when the field is known and refused
 * @param refusal why it is refused, null when it is not
 * @param refusalCode under which code
 * @param harmless values of a refused field that ask for nothing and pass
 * @param description one sentence for the published description
 */
public record Field<T>(
        String name,
        List<String> aliases,
        @Nullable Shape<T> shape,
        @Nullable String refusal,
        ErrorCode refusalCode,
        Predicate<@Nullable Object> harmless,
        String description) {
    public Field {
        aliases = List.copyOf(aliases);
    }

    /** A field that is supported. */
    public static <T> Field<T> taken(String name, Shape<T> shape, String description) {
        return new Field<>(name, List.of(), shape, null, ErrorCode.UNSUPPORTED_PARAMETER, value -> false, description);
    }

    Field<T> alias(String other) {
        return new Field<>(name, List.of(other), shape, refusal, refusalCode, harmless, description);
    }

    /** A field that is known and not built: any value but null is refused. */
    public static Field<Object> refused(String name, String why) {
        return refused(name, why, value -> false);
    }

    /** A field that is known and not built: values that ask for nothing pass, others are refused. */
    public static Field<Object> refused(String name, String why, Predicate<@Nullable Object> harmless) {
        return new Field<>(name, List.of(), null, why, ErrorCode.UNSUPPORTED_PARAMETER, harmless, why);
    }

    /** As {@link #refused(String, String)}, with 501 as Dynamo answers it. */
    public static Field<Object> notImplemented(String name, String why) {
        return new Field<>(name, List.of(), null, why, ErrorCode.NOT_IMPLEMENTED, value -> false, why);
    }
}

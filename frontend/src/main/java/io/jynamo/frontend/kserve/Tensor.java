package io.jynamo.frontend.kserve;

import com.google.protobuf.ByteString;
import io.jynamo.frontend.kserve.wire.InferTensorContents;
import io.jynamo.frontend.kserve.wire.ModelInferRequest;
import io.jynamo.frontend.openai.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One input of a request: its values, which stand in typed fields or as little-endian bytes.
 *
 * @param count values that the shape says
 * @param raw the bytes, or null where the values are typed
 */
record Tensor(
        String name,
        String datatype,
        int count,
        InferTensorContents typed,
        @Nullable ByteString raw) {
    private static final int LENGTH_BYTES = 4;

    /**
     * Reads one.
     *
     * @param raw its bytes where the request has them apart, or null
     * @throws Refusal naming the tensor
     */
    static Tensor of(ModelInferRequest.InferInputTensor told, @Nullable ByteString raw) {
        String name = told.getName();
        if (raw != null && told.hasContents()) {
            throw Refusal.invalid(
                    name, "The input `" + name + "` has its values twice: in contents and in raw_input_contents.");
        }
        if (told.getParametersCount() > 0) {
            String parameter = told.getParametersMap().keySet().iterator().next();
            throw Refusal.unsupported(
                    name,
                    "The parameter `" + parameter + "` of the input `" + name
                            + "` is not supported: values are sent in the request, not by shared memory.");
        }
        return new Tensor(name, told.getDatatype(), count(told), told.getContents(), raw);
    }

    private static int count(ModelInferRequest.InferInputTensor told) {
        long count = 1;
        for (long size : told.getShapeList()) {
            if (size < 0 || count * size > Integer.MAX_VALUE) {
                throw Refusal.invalid(
                        told.getName(),
                        "The shape " + told.getShapeList() + " of the input `" + told.getName()
                                + "` is none: sizes must not be negative, nor together above 2^31.");
            }
            count *= size;
        }
        return (int) count;
    }

    /** Its values as texts. */
    List<String> texts() {
        require("BYTES");
        ByteString bytes = raw;
        List<ByteString> values = bytes == null ? typed.getBytesContentsList() : split(bytes);
        requireCount(values.size());
        List<String> texts = new ArrayList<>(values.size());
        for (ByteString value : values) {
            if (!value.isValidUtf8()) {
                throw Refusal.invalid(name, "The input `" + name + "` is no UTF-8.");
            }
            texts.add(value.toStringUtf8());
        }
        return texts;
    }

    /** Its only value. */
    String text() {
        requireOne();
        return texts().getFirst();
    }

    /** Its only value. */
    boolean flag() {
        require("BOOL");
        requireOne();
        ByteString bytes = raw;
        if (bytes == null) {
            requireCount(typed.getBoolContentsCount());
            return typed.getBoolContents(0);
        }
        requireBytes(bytes, 1);
        return bytes.byteAt(0) != 0;
    }

    /** Its values as token ids, which INT32 and INT64 may be. */
    long[] ids() {
        boolean wide = datatype.equals("INT64");
        if (!wide) {
            require("INT32");
        }
        ByteString bytes = raw;
        long[] ids = new long[count];
        if (bytes == null) {
            requireCount(wide ? typed.getInt64ContentsCount() : typed.getIntContentsCount());
            for (int i = 0; i < count; i++) {
                ids[i] = wide ? typed.getInt64Contents(i) : typed.getIntContents(i);
            }
            return ids;
        }
        requireBytes(bytes, wide ? Long.BYTES : Integer.BYTES);
        ByteBuffer in = little(bytes);
        for (int i = 0; i < count; i++) {
            ids[i] = wide ? in.getLong() : in.getInt();
        }
        return ids;
    }

    private static ByteBuffer little(ByteString bytes) {
        return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Each value behind its length. */
    private List<ByteString> split(ByteString bytes) {
        List<ByteString> values = new ArrayList<>();
        ByteBuffer in = little(bytes);
        while (in.hasRemaining()) {
            int length = in.remaining() < LENGTH_BYTES ? -1 : in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw Refusal.invalid(
                        name,
                        "The raw bytes of the input `" + name + "` break off: before each value stands its length, as "
                                + LENGTH_BYTES + " bytes, little-endian.");
            }
            values.add(bytes.substring(in.position(), in.position() + length));
            in.position(in.position() + length);
        }
        return values;
    }

    private void require(String kind) {
        if (!datatype.equals(kind)) {
            throw Refusal.invalid(
                    name, "The input `" + name + "` must be of the datatype " + kind + ", not '" + datatype + "'.");
        }
    }

    private void requireOne() {
        if (count != 1) {
            throw Refusal.invalid(name, "The input `" + name + "` must have one value, so the shape [1].");
        }
    }

    private void requireCount(int values) {
        if (values != count) {
            throw Refusal.invalid(
                    name, "The input `" + name + "` has " + values + " values, but its shape says " + count + ".");
        }
    }

    private void requireBytes(ByteString bytes, int size) {
        if (bytes.size() != (long) count * size) {
            throw Refusal.invalid(
                    name,
                    "The input `" + name + "` has " + bytes.size() + " raw bytes, but its shape and datatype make "
                            + (long) count * size + ".");
        }
    }
}

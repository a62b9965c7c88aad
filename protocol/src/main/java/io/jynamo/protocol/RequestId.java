package io.jynamo.protocol;

/** The identity of one generation request, unique within the fleet. */
public record RequestId(String value) {
    public RequestId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a request id must not be blank");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

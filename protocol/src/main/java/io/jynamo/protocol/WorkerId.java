package io.jynamo.protocol;

/** The identity of one worker for as long as it lives; a restarted worker gets another. */
public record WorkerId(long value) implements Comparable<WorkerId> {
    @Override
    public int compareTo(WorkerId other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value);
    }
}

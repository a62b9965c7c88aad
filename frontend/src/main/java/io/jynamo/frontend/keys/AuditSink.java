package io.jynamo.frontend.keys;

/** Where rows of the audit log go. Never blocks. */
public interface AuditSink {
    /** Nowhere. */
    AuditSink NONE = new AuditSink() {
        @Override
        public void offer(AuditRow row) {}

        @Override
        public int payloadBytes() {
            return 0;
        }

        @Override
        public boolean isOn() {
            return false;
        }
    };

    /** Takes a row, or drops and counts it where there is no room. */
    void offer(AuditRow row);

    /** How much of a request's body, and of its answer, a row holds; 0 for nothing. */
    int payloadBytes();

    /** Whether rows are wanted at all. */
    default boolean isOn() {
        return true;
    }
}

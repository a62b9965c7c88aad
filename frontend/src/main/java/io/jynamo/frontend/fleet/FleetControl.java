package io.jynamo.frontend.fleet;

import io.jynamo.protocol.WorkerId;

/** A hand on the processes of workers: whoever started them, for example a local graph's supervisor. */
public interface FleetControl {
    /** No hand on any. */
    FleetControl NONE = new FleetControl() {
        @Override
        public boolean offered(WorkerId worker) {
            return false;
        }

        @Override
        public void kill(WorkerId worker) {
            throw new UnsupportedOperationException("nobody here can kill worker " + worker);
        }

        @Override
        public void drain(WorkerId worker) {
            throw new UnsupportedOperationException("nobody here can drain worker " + worker);
        }
    };

    /** Whether this worker's process can be killed and drained; must not block. */
    boolean offered(WorkerId worker);

    /**
     * Ends a worker's process at once, as a crash would. May block for a moment.
     *
     * @throws io.jynamo.protocol.JynamoException where that could not be done
     */
    void kill(WorkerId worker);

    /**
     * Asks a worker's process to take nothing new, finish what it has and go. May block for a moment.
     *
     * @throws io.jynamo.protocol.JynamoException where that could not be done
     */
    void drain(WorkerId worker);
}

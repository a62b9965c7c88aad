package io.jynamo.router.admission;

/** In what order requests of one priority class are admitted. */
public enum QueuePolicy {
    /** Tenants by their weights; within a tenant the earliest deadline, then as {@link #FCFS}. */
    FAIR,
    /** Who came first; each unit of priority counts as having come a second earlier. */
    FCFS,
    /** What costs least to compute for its priority. */
    WSPT
}

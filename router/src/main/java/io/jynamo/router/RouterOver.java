package io.jynamo.router;

import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;

/** A router that stands before another one, and passes on to it what it is asked. */
public abstract class RouterOver implements Router {
    private final Router under;

    /** @param under asked everything, and closed with this one */
    protected RouterOver(Router under) {
        this.under = under;
    }

    @Override
    public void add(Worker worker) {
        under.add(worker);
    }

    @Override
    public void remove(WorkerId worker) {
        under.remove(worker);
    }

    @Override
    public Explanation explain(Request request) {
        return under.explain(request);
    }

    @Override
    public RouterStatus status() {
        return under.status();
    }

    @Override
    public DecisionFigures decisions() {
        return under.decisions();
    }

    @Override
    public boolean isBusy(Request request, BusyRule rule) {
        return under.isBusy(request, rule);
    }

    @Override
    public int cachedTokens(Request request) {
        return under.cachedTokens(request);
    }

    @Override
    public void close() {
        under.close();
    }
}

package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.keys.KeyTerms;

/** A request on its way to becoming a run. */
record Attempt(Exchange exchange, Run run, RunSight sight, Dialect dialect) {
    KeyTerms terms() {
        return exchange.visit().terms();
    }
}

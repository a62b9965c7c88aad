package io.jynamo.cli.settings;

import io.jynamo.router.admission.AdmissionOptions;
import java.time.Duration;

/**
 * How workers are chosen, and how often again.
 *
 * @param migrationLimit workers a request may lose
 * @param migrationPatience how long a stream waits for another
 * @param retryBudget share of all requests that may be given to another worker
 * @param requestsPerWorker that one may have at one time, running and waiting in it together
 * @param admission how requests wait for one
 * @param policies classes of models in which they do
 * @param hedgeAfterMillis after which a second worker is asked; 0 for never
 * @param hedgeQuantile of first tokens' times after which it is, if later; 0 for none
 * @param hedgeBudget share of all requests for which one may be
 * @param costs what makes a worker dear or cheap
 */
public record RouterChoice(
        RouterMode mode,
        int migrationLimit,
        Duration migrationPatience,
        double retryBudget,
        int requestsPerWorker,
        AdmissionOptions admission,
        PolicyFile policies,
        int hedgeAfterMillis,
        double hedgeQuantile,
        double hedgeBudget,
        RoutingCosts costs) {}

package io.jynamo.cli.store;

/** Asks whoever pulls a model whether they accept its terms. Called before anything is fetched, only for models that have terms. */
@FunctionalInterface
public interface LicenceConsent {
    /**
     * Shows the terms and asks.
     *
     * @param model what the user calls it
     * @param licence its name
     * @param terms the notice to show, several lines
     * @return whether the terms are accepted; false stops the pull
     */
    boolean accepts(String model, String licence, String terms);
}

package io.jynamo.cli.models;

import io.jynamo.cli.store.ConsoleProgress;
import io.jynamo.cli.store.LicenceConsent;
import io.jynamo.cli.store.PullProgress;
import java.io.Console;
import java.util.Locale;

/** The person in front of a pull: sees its progress on standard error, is asked for consent where there is a terminal. */
final class Terminal {
    private Terminal() {}

    static PullProgress progress() {
        // The launcher says whether standard error is a terminal; Java can only tell of both streams together.
        return new ConsoleProgress(System.err, Boolean.getBoolean("jynamo.terminal"), System::nanoTime);
    }

    /** Shows the terms, then takes the flag for an answer, or asks; without a terminal to ask at the answer is no. */
    @SuppressWarnings("SystemConsoleNull") // its declared type allows null
    static LicenceConsent consent(boolean accepted) {
        return (model, licence, terms) -> {
            System.err.println(terms);
            if (accepted) {
                return true;
            }
            Console console = System.console();
            if (console == null || !console.isTerminal()) {
                System.err.println("To accept them: jynamo pull " + model + " --accept-licence");
                return false;
            }
            String answer = console.readLine("Do you accept the %s? [y/N] ", licence);
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
        };
    }
}

package io.jynamo.cli.doctor;

import java.util.Locale;

/**
 * One thing looked at.
 *
 * @param check what, in a word or two; the same from run to run
 * @param what what was found, in words
 * @param why why that matters; empty when all is well
 * @param mend what to do; empty where nothing needs doing
 */
record Finding(String check, Status status, String what, String why, String mend) {
    /** How it stands. */
    enum Status {
        OK,
        /** Good to know: something absent that not everybody needs. */
        INFO,
        WARNING,
        /** Something that serving needs is missing. */
        FAILURE;

        /** As it is printed. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String check, String what) {
        return new Finding(check, Status.OK, what, "", "");
    }

    static Finding info(String check, String what, String why) {
        return new Finding(check, Status.INFO, what, why, "");
    }

    static Finding warn(String check, String what, String why, String mend) {
        return new Finding(check, Status.WARNING, what, why, mend);
    }

    static Finding fail(String check, String what, String why, String mend) {
        return new Finding(check, Status.FAILURE, what, why, mend);
    }
}

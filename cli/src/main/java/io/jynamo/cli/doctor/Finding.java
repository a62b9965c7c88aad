package io.jynamo.cli.doctor;

/**
 * One thing looked at.
 *
 * @param subject what, in a word or two
 * @param found what was found, in words
 * @param advice what to do; empty when all is well
 */
record Finding(Verdict verdict, String subject, String found, String advice) {
    enum Verdict {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String subject, String found) {
        return new Finding(Verdict.OK, subject, found, "");
    }

    static Finding warn(String subject, String found, String advice) {
        return new Finding(Verdict.WARN, subject, found, advice);
    }

    static Finding fail(String subject, String found, String advice) {
        return new Finding(Verdict.FAIL, subject, found, advice);
    }
}

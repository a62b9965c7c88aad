package io.jynamo.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which of the shared simulated servers a test gets. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
@interface Pace {
    Kind value();

    enum Kind {
        FAST,
        REAL
    }
}

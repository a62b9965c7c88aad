package io.jynamo.runtime.discovery;

/** One thing to tell a listener. */
sealed interface Change {
    record Put(Entry entry) implements Change {}

    record Gone(String key) implements Change {}

    record Store(StoreState state) implements Change {}
}

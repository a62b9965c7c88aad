package io.jynamo.cli.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing a command can be told. Its flag, environment variable and file key are one name in three spellings:
 * {@code --max-model-len}, {@code JYNAMO_MAX_MODEL_LEN}, {@code max-model-len}.
 *
 * @param name in words joined by hyphens
 * @param group heading it is shown under
 * @param label placeholder of the value in help, with its unit
 * @param help one sentence
 * @param reader text to value; refuses with a sentence that begins with "must"
 * @param fallback value when nothing says otherwise
 * @param shownFallback how help shows the fallback; empty for none
 * @param kind how often it may be given and whether it may be shown
 * @param alias another name of the flag, as another program has it; empty for none
 */
public record Setting<T>(
        String name,
        String group,
        String label,
        String help,
        ValueReader<T> reader,
        T fallback,
        String shownFallback,
        Kind kind,
        String alias) {

    /** How a setting is given and shown. */
    public enum Kind {
        SINGLE,
        /** Repeated flags, commas in a variable, a list in a file. */
        LIST,
        /** A list whose values are never shown. */
        SECRET_LIST
    }

    /** Turns what the user wrote into a value. */
    @FunctionalInterface
    public interface ValueReader<T> {
        /**
         * Reads all the texts that were given.
         *
         * @throws IllegalArgumentException with a message that begins with "must"
         */
        T read(List<String> texts);
    }

    /** Turns one text into a value. */
    @FunctionalInterface
    public interface TextReader<T> {
        /**
         * Reads one text.
         *
         * @throws IllegalArgumentException with a message that begins with "must"
         */
        T read(String text);
    }

    /** The heading and placeholder of a setting under construction. */
    public record Draft(String group, String name, String label, String help) {
        /** A setting with one value. */
        public <T> Setting<T> of(TextReader<T> reader, String fallback) {
            return new Setting<>(
                    name, group, label, help, last(reader), reader.read(fallback), fallback, Setting.Kind.SINGLE, "");
        }

        /** A setting that may be absent. */
        public <T> Setting<Optional<T>> optional(TextReader<T> reader) {
            ValueReader<T> one = last(reader);
            return new Setting<>(
                    name,
                    group,
                    label,
                    help,
                    texts -> Optional.of(one.read(texts)),
                    Optional.empty(),
                    "",
                    Setting.Kind.SINGLE,
                    "");
        }

        /** A setting with any number of values. */
        public Setting<List<String>> list(Kind kind) {
            return new Setting<>(name, group, label, help, List::copyOf, List.of(), "", kind, "");
        }

        private static <T> ValueReader<T> last(TextReader<T> reader) {
            return texts -> reader.read(texts.getLast());
        }
    }

    public String flag() {
        return "--" + name;
    }

    /** Every spelling of its flag, its own first. */
    public List<String> flags() {
        return alias.isEmpty() ? List.of(flag()) : List.of(flag(), "--" + alias);
    }

    /** The same setting, whose flag has another name too. */
    public Setting<T> orFlag(String other) {
        return new Setting<>(name, group, label, help, reader, fallback, shownFallback, kind, other);
    }

    public String variable() {
        return "JYNAMO_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    public boolean isList() {
        return kind != Kind.SINGLE;
    }

    public boolean isSecret() {
        return kind == Kind.SECRET_LIST;
    }
}

package io.jynamo.frontend.keys;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** One key of a file while its members are read. Refuses with sentences that go on from the member's name. */
final class KeyDraft {
    /** It is a label of metrics and a word of the audit log. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** What keys given by flag are called. */
    private static final Pattern PLAIN_NAME = Pattern.compile("key-[0-9a-f]{16}");

    private static final int MOST_MODELS = 1_000;
    private static final int MOST_PRIORITY = 1_000;

    private @Nullable String name;
    private @Nullable KeyHash hash;
    private long rate;
    private long burst;
    private long concurrency;
    private long tokensPerMinute;
    private long tokensPerDay;
    private AllowedModels models = AllowedModels.ALL;
    private @Nullable Integer priority;
    private Isolation isolation = new Isolation.None();
    private @Nullable Instant expires;
    private boolean disabled;
    private boolean admin;

    /** Reads the value that the parser stands on. */
    void take(String member, JsonParser in) {
        switch (member) {
            case "name" -> name = name(text(in));
            case "hash" -> hash = KeyHash.parse(text(in));
            case "rate" -> rate = count(in, 1, KeyLimits.MOST);
            case "burst" -> burst = count(in, 1, KeyLimits.MOST);
            case "concurrency" -> concurrency = count(in, 1, KeyLimits.MOST);
            case "tokens_per_minute" -> tokensPerMinute = count(in, 1, KeyLimits.MOST);
            case "tokens_per_day" -> tokensPerDay = count(in, 1, KeyLimits.MOST);
            case "models" -> models = models(in);
            case "priority" -> priority = (int) count(in, 0, MOST_PRIORITY);
            case "isolation" -> isolation = isolation(text(in));
            case "expires" -> expires = time(text(in));
            case "disabled" -> disabled = flag(in);
            case "admin" -> admin = flag(in);
            default ->
                throw new IllegalArgumentException(
                        "is not known; there are name, hash, rate, burst, concurrency, tokens_per_minute,"
                                + " tokens_per_day, models, priority, isolation, expires, disabled, admin");
        }
    }

    /** The key, where nothing is missing. */
    KeyEntry entry() {
        String named = name;
        KeyHash hashed = hash;
        if (named == null || hashed == null) {
            throw new IllegalArgumentException("has no `" + (named == null ? "name" : "hash") + "`");
        }
        if (burst > 0 && rate == 0) {
            throw new IllegalArgumentException("has a `burst` and no `rate`");
        }
        long atOnce = burst == 0 ? rate : burst;
        return new KeyEntry(
                hashed,
                new KeyTerms(named, models, isolation, priority, admin),
                new KeyLimits(rate, atOnce, concurrency, tokensPerMinute, tokensPerDay),
                expires,
                disabled);
    }

    /** Checks the name of a key or a tenant. */
    static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("must be of letters, digits, '.', '_' and '-', 64 at most");
        }
        if (PLAIN_NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("must not be what keys given by --api-key are called");
        }
        return text;
    }

    /** Reads {@code none}, {@code key} or {@code tenant NAME}. */
    static Isolation isolation(String text) {
        if (text.startsWith("tenant ")) {
            return new Isolation.ByTenant(
                    name(text.substring("tenant ".length()).strip()));
        }
        return switch (text) {
            case "none" -> new Isolation.None();
            case "key" -> new Isolation.ByKey();
            default -> throw new IllegalArgumentException("must be none, key or tenant NAME, not '" + text + "'");
        };
    }

    /** Reads a time such as {@code 2027-01-31T00:00:00Z}. */
    static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException malformed) {
            throw new IllegalArgumentException(
                    "must be a time with its offset such as 2027-01-31T00:00:00Z, not '" + text + "'", malformed);
        }
    }

    private static AllowedModels models(JsonParser in) {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException("must be an array of names");
        }
        List<String> names = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            String one = text(in);
            if (one.isBlank() || names.size() == MOST_MODELS) {
                throw new IllegalArgumentException("must hold 1 to " + MOST_MODELS + " names that are not blank");
            }
            names.add(one);
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("must name a model; leave it out to allow all, or set `disabled`");
        }
        return new AllowedModels(names);
    }

    private static String text(JsonParser in) {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException("must be a string");
        }
        return in.getString();
    }

    private static long count(JsonParser in, long least, long most) {
        if (in.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            long value = switch (in.getNumberType()) {
                case INT, LONG -> in.getLongValue();
                default -> -1;
            };
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw new IllegalArgumentException("must be a whole number from " + least + " to " + most);
    }

    private static boolean flag(JsonParser in) {
        return switch (in.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }
}

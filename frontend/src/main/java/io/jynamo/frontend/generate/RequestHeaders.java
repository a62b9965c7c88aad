package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.Nvext;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Claim;
import io.jynamo.router.Wishes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What headers add to a request; a header beats the body. */
public final class RequestHeaders {
    private RequestHeaders() {}

    /** Headers that choose the only worker a request may go to. */
    private static final List<String> INSTANCE = List.of("x-dynamo-worker-instance-id", "x-worker-instance-id");

    private static final String SESSION = "x-dynamo-session-id";
    private static final int MOST_SESSION_CHARACTERS = 256;

    /** Headers that choose a prefill worker or a rank, which is not built yet. */
    private static final List<String> PINS = List.of(
            "x-dynamo-prefill-instance-id",
            "x-prefill-instance-id",
            "x-dynamo-dp-rank",
            "x-dp-rank",
            "x-data-parallel-rank",
            "x-dynamo-prefill-dp-rank",
            "x-prefill-dp-rank");

    /**
     * Refuses what a header asks for and nobody does.
     *
     * @throws Refusal UNSUPPORTED_PARAMETER naming the header
     */
    public static void check(RequestHead head) {
        for (String pin : PINS) {
            if (head.header(pin) != null) {
                throw new Refusal(
                        ErrorCode.UNSUPPORTED_PARAMETER,
                        "The header " + pin + " is not supported: prefill workers and ranks cannot be chosen yet.",
                        pin);
            }
        }
    }

    /**
     * Which workers the request may go to, and the session it belongs to.
     *
     * @throws Refusal INVALID_REQUEST naming the header that says nothing sensible
     */
    static Wishes wishes(RequestHead head, GenerationOptions options) {
        return wishes(head, options.nvext().wishes());
    }

    /**
     * The same, of a request whose body wishes so.
     *
     * @throws Refusal INVALID_REQUEST naming the header that says nothing sensible
     */
    public static Wishes wishes(RequestHead head, Wishes wishes) {
        for (String name : INSTANCE) {
            String header = head.header(name);
            if (header != null) {
                return new Wishes(
                        instance(name, header.strip()),
                        session(head),
                        wishes.allowed(),
                        wishes.requiredTaints(),
                        wishes.preferredTaints());
            }
        }
        String session = session(head);
        return session == null ? wishes : wishes.withSession(session);
    }

    private static WorkerId instance(String name, String value) {
        try {
            return new WorkerId(Long.parseUnsignedLong(value));
        } catch (NumberFormatException malformed) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The header " + name + " must be a worker's id as a decimal number, not '" + value + "'.",
                    name);
        }
    }

    private static @Nullable String session(RequestHead head) {
        String session = head.header(SESSION);
        if (session == null || session.isBlank()) {
            return null;
        }
        if (session.length() > MOST_SESSION_CHARACTERS) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The header " + SESSION + " must have at most " + MOST_SESSION_CHARACTERS + " characters, not "
                            + session.length() + ".",
                    SESSION);
        }
        return session.strip();
    }

    /** Whether the client wants to be told why its worker was chosen: {@code x-jynamo-explain: true}. */
    static boolean wantsExplanation(RequestHead head) {
        return "true".equals(head.header("x-jynamo-explain"));
    }

    /** {@code x-tenant-id}, or the body's salt. */
    static @Nullable String cacheSalt(RequestHead head, GenerationOptions options) {
        String tenant = head.header("x-tenant-id");
        return tenant != null && !tenant.isBlank() ? tenant.strip() : options.cacheSalt();
    }

    /**
     * What the request may claim.
     *
     * @param tenant whose it is
     */
    static Claim claim(RequestHead head, GenerationOptions options, String tenant) {
        Double millis =
                target(head.header("x-jynamo-ttft-target-ms"), options.nvext().firstTokenMillis());
        return new Claim(
                tenant,
                strictPriority(head, options.nvext().strictPriority()),
                millis == null ? null : Duration.ofNanos((long) (millis * 1e6)),
                options.isFlex() || givesWay(head),
                policyClass(head));
    }

    /** The same of a request whose body claims nothing and that has no first token. */
    public static Claim claim(RequestHead head, String tenant) {
        return new Claim(tenant, strictPriority(head, null), null, givesWay(head), policyClass(head));
    }

    private static int strictPriority(RequestHead head, @Nullable Integer otherwise) {
        Integer strict = number(head.header("x-dynamo-request-strict-priority"), otherwise);
        return strict == null ? 0 : Math.max(0, strict);
    }

    /** What it names of policy classes; what that means is the router's. */
    private static @Nullable String policyClass(RequestHead head) {
        String named = head.header("x-dynamo-meta-policy-class");
        return named == null || named.isBlank() ? null : named.strip();
    }

    private static boolean givesWay(RequestHead head) {
        return "true".equals(head.header("x-jynamo-preemptible"));
    }

    private static @Nullable Integer number(@Nullable String header, @Nullable Integer otherwise) {
        if (header == null) {
            return otherwise;
        }
        try {
            return Integer.valueOf(header.strip());
        } catch (NumberFormatException malformed) {
            return otherwise;
        }
    }

    private static @Nullable Double target(@Nullable String header, @Nullable Double otherwise) {
        if (header == null) {
            return otherwise;
        }
        try {
            double millis = Double.parseDouble(header.strip());
            return millis > 0 && millis <= Nvext.MOST_FIRST_TOKEN_MILLIS ? (Double) millis : otherwise;
        } catch (NumberFormatException malformed) {
            return otherwise;
        }
    }

    /** {@code x-dynamo-request-priority} where it is a number, or the body's priority. */
    static int priority(RequestHead head, GenerationOptions options) {
        return priority(head, options.priority());
    }

    /** The same where the body says so much. */
    public static int priority(RequestHead head, int otherwise) {
        Integer sent = number(head.header("x-dynamo-request-priority"), null);
        return sent == null ? otherwise : sent;
    }
}

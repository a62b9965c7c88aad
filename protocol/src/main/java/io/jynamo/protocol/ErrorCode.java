package io.jynamo.protocol;

import static io.jynamo.protocol.ErrorCode.Fault.CALLER;
import static io.jynamo.protocol.ErrorCode.Fault.CAPACITY;
import static io.jynamo.protocol.ErrorCode.Fault.PEER;
import static io.jynamo.protocol.ErrorCode.Fault.US;

/** The stable names of everything that can go wrong. {@code docs/errors.md} is made from this list. */
public enum ErrorCode {
    // Requests.
    INVALID_REQUEST(CALLER, 400, false, "A field has a value it must not have; the message names the field."),
    INVALID_JSON(CALLER, 400, false, "The body is not JSON; the message says at which byte."),
    UNSUPPORTED_PARAMETER(CALLER, 400, false, "The field is not known, or is known and not supported yet."),
    CONTEXT_LENGTH_EXCEEDED(CALLER, 400, false, "Prompt and requested output do not fit the model's context."),
    TEMPLATE_FAILED(CALLER, 400, false, "The model's chat template refused the messages, or broke on them."),
    MEDIA_INVALID(
            CALLER, 400, false, "An image, sound or film is not what it was said to be; the message names the part."),
    MEDIA_NOT_ALLOWED(
            CALLER, 400, false, "A URL of media is not one that this server fetches; the message names the part."),
    MEDIA_UNAVAILABLE(CALLER, 400, false, "Media could not be fetched from their URL; the message names the part."),
    AUTHENTICATION_REQUIRED(CALLER, 401, false, "No API key was sent, or it is unknown, expired or disabled."),
    FORBIDDEN(
            CALLER,
            403,
            false,
            "Not for this caller: another site's page, a worker out of reach, a key that is no admin's."),
    MODEL_NOT_FOUND(CALLER, 404, false, "No served model has this name."),
    WORKER_NOT_FOUND(CALLER, 404, false, "No worker of the fleet has this id."),
    NOT_FOUND(CALLER, 404, false, "Nothing of this name is kept here, or no longer."),
    ROUTE_NOT_FOUND(CALLER, 404, false, "No such path."),
    METHOD_NOT_ALLOWED(CALLER, 405, false, "The path exists, but not with this method."),
    REQUEST_TIMEOUT(CALLER, 408, false, "The request did not arrive whole in the time allowed."),
    CONFLICT(CALLER, 409, false, "It is there already, or contradicts what is there."),
    STREAM_EXPIRED(CALLER, 410, false, "A broken stream that was to go on is not, or no longer, kept here."),
    BODY_TOO_LARGE(CALLER, 413, false, "The body is larger than the limit."),
    MEDIA_TOO_LARGE(CALLER, 413, false, "Media are larger than the limit, or more of them than may be in a request."),
    UNSUPPORTED_MEDIA_TYPE(CALLER, 415, false, "The body is not application/json."),
    MALFORMED_FIELD(CALLER, 422, false, "A field is missing, or not of its kind; the message names it."),
    RATE_LIMIT_EXCEEDED(CALLER, 429, false, "The API key is at one of its limits; try again after the time given."),
    HEADERS_TOO_LARGE(CALLER, 431, false, "The headers are larger than the limit."),
    CANCELLED(CALLER, 499, false, "The client went away or cancelled."),
    NOT_IMPLEMENTED(US, 501, false, "The feature is known and not built yet."),
    // Capacity.
    OVERLOADED(CAPACITY, 529, true, "Every worker is full; try again after the time given."),
    KV_BLOCKS_EXHAUSTED(CAPACITY, 529, true, "The worker's KV pool can never hold this request beside its others."),
    TOO_MANY_CONNECTIONS(CAPACITY, 503, false, "The server holds as many connections as it may."),
    NOT_READY(CAPACITY, 503, true, "The server is loading or draining."),
    DEADLINE_UNREACHABLE(CAPACITY, 529, false, "The first token cannot come in the time the request allows for it."),
    DEADLINE_EXCEEDED(CAPACITY, 504, false, "The request's time ran out."),
    // Models.
    MODEL_FILE_MISSING(CALLER, 400, false, "A model file is not where it was said to be."),
    MODEL_FILE_CORRUPT(CALLER, 400, false, "A model file is truncated or its contents contradict each other."),
    MODEL_UNSUPPORTED(CALLER, 400, false, "The architecture or a tensor type is not one the engine computes."),
    MODEL_DOES_NOT_FIT(CAPACITY, 400, false, "Weights and KV cache need more memory than there is."),
    TOKENIZER_UNSUPPORTED(CALLER, 400, false, "The tokenizer uses a stage that is not supported."),
    TEMPLATE_INVALID(CALLER, 400, false, "The chat template does not parse."),
    PULL_FAILED(PEER, 502, false, "A model could not be downloaded."),
    DISK_FULL(CAPACITY, 507, false, "There is no space left where a file is written."),
    // Process.
    INVALID_CONFIGURATION(CALLER, 400, false, "A flag, environment variable or file entry is wrong."),
    ADDRESS_IN_USE(CALLER, 400, false, "The port is taken."),
    DISCOVERY_UNREACHABLE(PEER, 503, false, "The store that workers are announced in does not answer."),
    WORKER_LOST(PEER, 502, true, "The worker died or fell silent."),
    INTERNAL(US, 500, true, "A defect of ours; the log has the rest.");

    /** Whose fault an error is. */
    public enum Fault {
        CALLER,
        CAPACITY,
        PEER,
        US
    }

    private final Fault fault;
    private final int httpStatus;
    private final boolean anotherWorkerMayHelp;
    private final String meaning;

    ErrorCode(Fault fault, int httpStatus, boolean anotherWorkerMayHelp, String meaning) {
        this.fault = fault;
        this.httpStatus = httpStatus;
        this.anotherWorkerMayHelp = anotherWorkerMayHelp;
        this.meaning = meaning;
    }

    /** The stable id clients see, for example {@code context_length_exceeded}. */
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    public Fault fault() {
        return fault;
    }

    public int httpStatus() {
        return httpStatus;
    }

    public boolean anotherWorkerMayHelp() {
        return anotherWorkerMayHelp;
    }

    public String meaning() {
        return meaning;
    }
}

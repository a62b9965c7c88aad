package io.jynamo.cli.store;

import io.jynamo.cli.store.HubModel.HubFile;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks the HTTP API of a Hugging Face endpoint: what a repository holds, and its files from any byte on. */
final class HubClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final int MAX_REDIRECTS = 6;
    private static final int MAX_LISTING = 32 << 20;
    private static final int MAX_FILES = 100_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final HubSettings settings;
    private final HttpClient http;

    HubClient(HubSettings settings) {
        this.settings = settings;
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(settings.proxies())
                .build();
    }

    HubSettings settings() {
        return settings;
    }

    /**
     * Asks what a repository holds.
     *
     * @throws TryAgain where asking again may help
     * @throws JynamoException PULL_FAILED where it will not
     */
    HubModel describe(ModelSpec.Hub spec) throws IOException {
        URI uri = URI.create(settings.endpoint() + "/api/models/" + spec.repository() + "/revision/"
                + encode(spec.revision()) + "?blobs=true");
        byte[] bytes = readAll(get(uri, 0, spec));
        if (bytes.length > MAX_LISTING) {
            throw failed(spec, "the endpoint's answer is larger than " + MAX_LISTING + " bytes");
        }
        try {
            return model(spec, JSON.readTree(bytes));
        } catch (JacksonException e) {
            throw failed(
                    spec,
                    settings.endpoint() + " answered with something that is not JSON; is it a Hugging Face endpoint?");
        }
    }

    private byte[] readAll(HttpResponse<InputStream> response) throws TryAgain {
        try (InputStream body = response.body();
                StallGuard guard = new StallGuard(body, settings.stall())) {
            byte[] bytes = body.readNBytes(MAX_LISTING + 1);
            guard.alive();
            return bytes;
        } catch (IOException e) {
            throw new TryAgain("the connection broke (" + e + ")", Duration.ZERO);
        }
    }

    private static HubModel model(ModelSpec.Hub spec, JsonNode node) {
        JsonNode siblings = node.path("siblings");
        if (!siblings.isArray() || siblings.size() > MAX_FILES) {
            throw failed(spec, "the endpoint's answer lists no files");
        }
        var files = new ArrayList<HubFile>();
        for (JsonNode sibling : siblings) {
            String path = sibling.path("rfilename").stringValue("");
            if (isSafe(path)) {
                JsonNode lfs = sibling.path("lfs");
                long size = lfs.path("size").longValue(sibling.path("size").longValue(-1));
                Digest digest = lfs.isObject()
                        ? Digest.recognise(lfs.path("sha256").stringValue(""))
                        : Digest.recognise(sibling.path("blobId").stringValue(""));
                files.add(new HubFile(path, size, digest));
            }
        }
        return new HubModel(
                node.path("id").stringValue(spec.repository()),
                node.path("sha").stringValue(spec.revision()),
                licence(node),
                files);
    }

    private static String licence(JsonNode node) {
        JsonNode own = node.path("cardData").path("license");
        if (own.isString()) {
            return own.stringValue();
        }
        return node.path("tags")
                .valueStream()
                .map(tag -> tag.stringValue(""))
                .filter(tag -> tag.startsWith("license:"))
                .map(tag -> tag.substring("license:".length()))
                .findFirst()
                .orElse("");
    }

    /** A path that stays inside the folder it is written to. */
    private static boolean isSafe(String path) {
        return path.matches("[A-Za-z0-9._][A-Za-z0-9._+ /-]{0,300}") && !path.contains("..") && !path.contains("//");
    }

    /**
     * Asks for a file from a byte on; the caller closes the body. Status 200 means from its start, 206 from {@code from}.
     *
     * @throws TryAgain where asking again may help
     * @throws JynamoException PULL_FAILED where it will not
     */
    HttpResponse<InputStream> open(ModelSpec.Hub spec, HubModel model, HubFile file, long from) throws IOException {
        String path =
                Arrays.stream(file.path().split("/", -1)).map(HubClient::encode).collect(Collectors.joining("/"));
        return get(
                URI.create(settings.endpoint() + "/" + model.repository() + "/resolve/" + encode(model.commit()) + "/"
                        + path),
                from,
                spec);
    }

    private HttpResponse<InputStream> get(URI start, long from, ModelSpec.Hub spec) throws IOException {
        URI uri = start;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpResponse<InputStream> response = send(uri, from, isEndpoint(uri));
            int status = response.statusCode();
            if (status == 200 || status == 206 || (status == 416 && from > 0)) {
                return response;
            }
            try (InputStream body = response.body()) {
                body.readNBytes(1 << 16);
                if (status < 300 || status > 399) {
                    throw refusal(spec, response);
                }
                uri = redirected(
                        spec, uri, response.headers().firstValue("location").orElse(null));
            }
        }
        throw failed(spec, "the endpoint redirects more than " + MAX_REDIRECTS + " times");
    }

    /** The token goes to the endpoint alone: it redirects to storage hosts, whose addresses are signed. */
    private boolean isEndpoint(URI uri) {
        return uri.getScheme().equals(settings.endpoint().getScheme())
                && uri.getAuthority().equals(settings.endpoint().getAuthority());
    }

    private URI redirected(ModelSpec.Hub spec, URI from, @Nullable String location) {
        if (location != null) {
            try {
                URI to = from.resolve(location);
                boolean secure = "https".equals(to.getScheme());
                if (to.getHost() != null
                        && (secure || ("http".equals(to.getScheme()) && "http".equals(from.getScheme())))) {
                    return to;
                }
            } catch (IllegalArgumentException e) {
                // Falls through: the message is the same.
            }
        }
        throw failed(spec, "the endpoint redirects to no usable address");
    }

    private HttpResponse<InputStream> send(URI uri, long from, boolean withToken) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(settings.stall()).header("User-Agent", "jynamo");
        if (withToken && settings.token() != null) {
            request.header("Authorization", "Bearer " + settings.token());
        }
        String forProxy = settings.proxies().authorization(uri);
        if (forProxy != null) {
            request.header("Proxy-Authorization", forProxy); // goes to the proxy alone
        }
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, "the pull was interrupted; what is here so far is kept", e);
        } catch (IOException e) {
            String proxy = settings.proxies().find(uri);
            String through = proxy == null ? "" : " through the proxy " + proxy;
            throw new TryAgain(uri.getHost() + " cannot be reached" + through + " (" + e + ")", Duration.ZERO);
        }
    }

    /** What an answer that is neither a file nor a redirection means. */
    private IOException refusal(ModelSpec.Hub spec, HttpResponse<?> response) {
        int status = response.statusCode();
        String code = response.headers().firstValue("x-error-code").orElse("");
        if (List.of(408, 429, 500, 502, 503, 504).contains(status)) {
            return new TryAgain("the endpoint answered with status " + status, retryAfter(response));
        }
        boolean hasToken = settings.token() != null;
        throw failed(
                spec,
                switch (status) {
                    case 401 ->
                        code.equals("GatedRepo") || hasToken
                                ? gated(hasToken)
                                : "there is no such repository, or it is private: then set HF_TOKEN to a token that may read it";
                    case 403 -> gated(hasToken);
                    case 404 -> missing(spec, code);
                    default ->
                        "the endpoint answered with status " + status + " "
                                + response.headers()
                                        .firstValue("x-error-message")
                                        .map(HubClient::shorten)
                                        .orElse("");
                });
    }

    private static String gated(boolean hasToken) {
        return hasToken
                ? "the account of HF_TOKEN may not read it: accept the model's terms on its page with that account, or use another token"
                : "the model is only for those who accepted its terms: do that on its page, and set HF_TOKEN to a token of that account";
    }

    private static String missing(ModelSpec.Hub spec, String code) {
        return switch (code) {
            case "RevisionNotFound" -> "the repository has no revision '" + spec.revision() + "'";
            case "EntryNotFound" -> "the repository has no such file";
            default -> "there is no such repository; check the spelling";
        };
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        String text = response.headers().firstValue("retry-after").orElse("");
        return text.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(text)) : Duration.ZERO;
    }

    private static String shorten(String text) {
        String head = text.length() > 200 ? text.substring(0, 200) : text;
        return head.replaceAll("\\p{Cntrl}", " ");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static JynamoException failed(ModelSpec.Hub spec, String what) {
        return new JynamoException(ErrorCode.PULL_FAILED, spec.text() + ": " + what);
    }

    @Override
    public void close() {
        http.close();
    }
}

package io.jynamo.cli.keys;

import io.jynamo.cli.ExitCode;
import io.jynamo.frontend.keys.KeyHash;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code jynamo keys new}: a key that nobody had before. */
@Command(
        name = "new",
        header = "Make a key: print it once, with its entry or into a file.",
        description = "The key is kept nowhere: give it to its user from here. A limit that is left out is none.")
final class NewKeyCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int KEY_BYTES = 32;
    private static final String PREFIX = "jyn-";

    @Spec
    private CommandSpec spec;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name in metrics and the audit log.")
    private String name = "";

    @Option(names = "--rate", paramLabel = "COUNT", description = "Requests per minute.")
    private @Nullable Long rate;

    @Option(
            names = "--burst",
            paramLabel = "COUNT",
            description = "Requests at once after a rest; by default the rate.")
    private @Nullable Long burst;

    @Option(names = "--concurrency", paramLabel = "COUNT", description = "Requests that run at one time.")
    private @Nullable Long concurrency;

    @Option(
            names = "--tokens-per-minute",
            paramLabel = "COUNT",
            description = "Prompt and completion tokens per minute.")
    private @Nullable Long tokensPerMinute;

    @Option(names = "--tokens-per-day", paramLabel = "COUNT", description = "The same per day (UTC).")
    private @Nullable Long tokensPerDay;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "A model it may ask for, or a prefix and *; repeat for several.")
    private List<String> models = new ArrayList<>();

    @Option(names = "--priority", paramLabel = "CLASS", description = "Class its requests wait in; higher goes first.")
    private @Nullable Long priority;

    @Option(
            names = "--isolation",
            paramLabel = "WHO",
            description = "Who shares its cached prompts: key, 'tenant NAME' or none, which is all.")
    private @Nullable String isolation;

    @Option(names = "--expires", paramLabel = "TIME", description = "When it ends, such as 2027-01-31T00:00:00Z.")
    private @Nullable String expires;

    @Option(names = "--admin", description = "Shows the fleet and its metrics to it.")
    private boolean admin;

    @Option(names = "--file", paramLabel = "FILE", description = "File of keys to add it to; made if it is not there.")
    private @Nullable Path file;

    @Override
    public Integer call() {
        byte[] bits = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bits);
        String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        ObjectNode entry = entry(KeyHash.of(key));
        PrintWriter out = spec.commandLine().getOut();
        if (file == null) {
            KeyFileEdit.require(entry);
            out.println(key);
            out.println(JSON.writeValueAsString(entry));
        } else {
            new KeyFileEdit(file).add(entry);
            out.println(key);
        }
        out.flush();
        return ExitCode.OK.number();
    }

    private ObjectNode entry(KeyHash hash) {
        ObjectNode entry = JSON.createObjectNode();
        entry.put("name", name);
        entry.put("hash", hash.toString());
        put(entry, "rate", rate);
        put(entry, "burst", burst);
        put(entry, "concurrency", concurrency);
        put(entry, "tokens_per_minute", tokensPerMinute);
        put(entry, "tokens_per_day", tokensPerDay);
        if (!models.isEmpty()) {
            var list = entry.putArray("models");
            models.forEach(list::add);
        }
        put(entry, "priority", priority);
        if (isolation != null) {
            entry.put("isolation", isolation);
        }
        if (expires != null) {
            entry.put("expires", expires);
        }
        if (admin) {
            entry.put("admin", true);
        }
        return entry;
    }

    private static void put(ObjectNode entry, String member, @Nullable Long value) {
        if (value != null) {
            entry.put(member, value);
        }
    }
}

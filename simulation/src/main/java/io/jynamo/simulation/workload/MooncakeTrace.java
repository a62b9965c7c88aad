package io.jynamo.simulation.workload;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads traces of the Mooncake format (https://github.com/kvcache-ai/Mooncake): a JSON object per line with {@code
 * timestamp} in milliseconds, {@code input_length}, {@code output_length} and {@code hash_ids}, one for every 512 tokens of
 * the prompt. A block's tokens are its id, repeated; answers are tokens that no prompt has.
 */
public final class MooncakeTrace {
    private static final int BLOCK_TOKENS = 512;
    private static final int MOST_TOKENS = 1 << 24;
    private static final int FIRST_ANSWER = 1 << 29;
    private static final JsonMapper JSON = JsonMapper.shared();

    private MooncakeTrace() {}

    /**
     * The whole of a trace.
     *
     * @throws JynamoException INVALID_CONFIGURATION, with the line's number, where the file is not such a trace
     */
    public static Workload read(Path file) {
        List<Session> sessions = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    sessions.add(session(line, file + " line " + number, FIRST_ANSWER + sessions.size()));
                }
            }
        } catch (IOException e) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "the trace " + file + " cannot be read: " + e, e);
        }
        if (sessions.isEmpty()) {
            throw wrong(file.toString(), "has no requests");
        }
        return new Workload("mooncake", sessions);
    }

    private static Session session(String line, String where, int answer) {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JacksonException e) {
            throw wrong(where, "is not JSON: " + e.getOriginalMessage());
        }
        long millis = number(row, "timestamp", where, 0, Long.MAX_VALUE / 1_000_000);
        int input = (int) number(row, "input_length", where, 1, MOST_TOKENS);
        int output = (int) number(row, "output_length", where, 1, MOST_TOKENS);
        Prompt prompt = prompt(row.path("hash_ids"), input, where);
        return new Session(millis * 1_000_000, List.of(new Turn(prompt, output, answer, 0)));
    }

    private static Prompt prompt(JsonNode ids, int tokens, String where) {
        if (!ids.isArray() || ids.size() != Math.ceilDiv(tokens, BLOCK_TOKENS)) {
            throw wrong(
                    where,
                    "must have hash_ids for " + tokens + " tokens, one for each " + BLOCK_TOKENS + ", and has "
                            + ids.size());
        }
        List<Prompt.Run> runs = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            JsonNode id = ids.get(i);
            if (!id.isInt() || id.intValue() < 0 || id.intValue() >= FIRST_ANSWER) {
                throw wrong(where, "has a hash id that is no number within 0 to " + (FIRST_ANSWER - 1) + ": " + id);
            }
            runs.add(new Prompt.Run(id.intValue(), Math.min(BLOCK_TOKENS, tokens - i * BLOCK_TOKENS)));
        }
        return new Prompt(runs);
    }

    private static long number(JsonNode row, String name, String where, long least, long most) {
        JsonNode value = row.path(name);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw wrong(where, "must have " + name + ", a whole number from " + least + " to " + most);
        }
        return value.longValue();
    }

    private static JynamoException wrong(String where, String what) {
        return new JynamoException(ErrorCode.INVALID_CONFIGURATION, "the trace " + where + " " + what);
    }
}

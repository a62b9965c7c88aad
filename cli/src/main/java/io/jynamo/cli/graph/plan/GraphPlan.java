package io.jynamo.cli.graph.plan;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A graph as its supervisor runs it.
 *
 * @param directory where relative paths of its flags begin
 */
public record GraphPlan(String name, Path directory, List<RolePlan> roles) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public GraphPlan {
        roles = List.copyOf(roles);
    }

    /** Hands it to another process. */
    public void write(Path file) {
        try {
            Files.write(file, JSON.writeValueAsBytes(this));
        } catch (IOException unwritable) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    file + " cannot be written: " + unwritable.getMessage(),
                    unwritable);
        }
    }

    /** Takes it from another. */
    public static GraphPlan read(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), GraphPlan.class);
        } catch (IOException | JacksonException unreadable) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    file + " is no graph that 'jynamo up' has written: " + unreadable.getMessage(),
                    unreadable);
        }
    }
}

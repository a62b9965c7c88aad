package io.jynamo.cli.settings;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where files and batches are kept, and what they may take.
 *
 * @param folder empty where there are none
 * @param fileBytes of one uploaded file
 * @param ownerBytes of one key's files
 * @param totalBytes of all
 * @param concurrency lines of batches under way at one time
 */
public record FilesChoice(Optional<Path> folder, long fileBytes, long ownerBytes, long totalBytes, int concurrency) {}

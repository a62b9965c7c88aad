package io.jynamo.engine.process;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * A file that says which process is an engine of ours, so that one left behind by a Jynamo that was killed is found and
 * ended by who comes next, and nothing else ever is.
 *
 * @param pid of the engine, leader of its session
 * @param birth tells it from any other process that had or will have its pid
 * @param token what its environment says in {@link #TOKEN}
 * @param command hash of its command line
 * @param owner pid of the Jynamo that runs it
 * @param ownerBirth likewise
 */
record EngineRecord(long pid, String birth, String token, String command, long owner, String ownerBirth) {
    static final String TOKEN = "JYNAMO_ENGINE_TOKEN";

    private static final System.Logger LOG = System.getLogger(EngineRecord.class.getName());

    static EngineRecord of(long pid, String token, EngineCommand command) {
        long self = ProcessHandle.current().pid();
        return new EngineRecord(
                pid,
                ProcessTable.birth(pid).orElse(""),
                token,
                hash(command),
                self,
                ProcessTable.birth(self).orElse(""));
    }

    void write(Path file) throws IOException {
        String text = "pid=" + pid + "\nbirth=" + birth + "\ntoken=" + token + "\ncommand=" + command + "\nowner="
                + owner + "\nownerBirth=" + ownerBirth + "\n";
        Path folder = file.toAbsolutePath().getParent();
        Path draft = Files.createTempFile(folder, "engine", ".tmp");
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Ends what is left of an engine that a former Jynamo recorded.
     *
     * @return the processes that were ended
     * @throws JynamoException where the Jynamo that recorded it still runs
     */
    static List<Long> endOrphan(Path file, Duration grace) throws InterruptedException {
        Optional<EngineRecord> found = read(file);
        if (found.isEmpty()) {
            return List.of();
        }
        EngineRecord record = found.get();
        if (isAlive(record.owner, record.ownerBirth)) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the engine of " + file + " is run by process " + record.owner
                            + " already: end that first, or give this one another name");
        }
        List<Long> ended = record.end(grace);
        delete(file);
        return ended;
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, file + " cannot be deleted", e);
        }
    }

    private List<Long> end(Duration grace) throws InterruptedException {
        List<Long> ended = new ArrayList<>();
        // An engine may write over its environment, but not carry another's token.
        boolean itself = isAlive(pid, birth)
                && ProcessTable.variable(pid, TOKEN).map(token::equals).orElse(true);
        if (itself) {
            ProcessGroup group = ProcessGroup.of(pid);
            ended.addAll(group.members());
            group.end(grace);
        }
        ended.addAll(endCarriers(token, grace));
        return ended;
    }

    /**
     * Ends whoever carries a token in its environment: those that an engine began and that left its session.
     *
     * @return their pids
     */
    static List<Long> endCarriers(String token, Duration grace) throws InterruptedException {
        List<Long> ended = new ArrayList<>();
        if (!ProcessTable.HAS_PROC || token.isEmpty()) {
            return ended;
        }
        for (ProcessTable.Entry entry : ProcessTable.all()) {
            if (ProcessTable.variable(entry.pid(), TOKEN).filter(token::equals).isPresent()) {
                ended.add(entry.pid());
                new ProcessGroup(entry.pid(), false).end(grace);
            }
        }
        return ended;
    }

    private static boolean isAlive(long pid, String birth) {
        return !birth.isEmpty() && ProcessTable.birth(pid).filter(birth::equals).isPresent();
    }

    private static Optional<EngineRecord> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            return Optional.of(new EngineRecord(
                    Long.parseLong(properties.getProperty("pid", "")),
                    properties.getProperty("birth", ""),
                    properties.getProperty("token", ""),
                    properties.getProperty("command", ""),
                    Long.parseLong(properties.getProperty("owner", "")),
                    properties.getProperty("ownerBirth", "")));
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    file + " is not readable and is left out of account: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static String hash(EngineCommand command) {
        try {
            byte[] line = String.join("\0", command.line()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

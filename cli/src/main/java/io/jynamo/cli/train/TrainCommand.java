package io.jynamo.cli.train;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.text.TextSide;
import io.jynamo.runtime.session.TextContent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The run that the launcher records for the AOT cache. What is loaded and linked here starts fast later, and what runs
 * often enough is compiled early, by the profile of this run: help, version, the simulated engine served to clients, that
 * server joined as an engine of others, and a fleet of one frontend and one worker process.
 */
@Command(name = "train", hidden = true, header = "Exercise the command for the start-up cache.")
public final class TrainCommand implements Callable<Integer> {
    private static final String LOOPBACK = "--port=0";
    private static final String MODEL = "simulated";
    private static final int CHATS = 60;
    private static final int HUGE_PROMPTS = 3;

    private final BiFunction<PrintWriter, PrintWriter, CommandLine> commands;

    /** @param commands the whole command, writing to the given streams */
    public TrainCommand(BiFunction<PrintWriter, PrintWriter, CommandLine> commands) {
        this.commands = commands;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var sink = new PrintWriter(Writer.nullWriter());
        for (String[] arguments :
                List.of(new String[] {"--version"}, new String[] {"--help"}, new String[] {"serve", "--help"})) {
            commands.apply(sink, sink).execute(arguments);
        }
        Path scratch = Files.createTempDirectory("jynamo-train");
        try {
            serve(scratch);
        } catch (TrainingServer.NotReady unable) {
            // A machine that forbids listening still gets a cache for the rest.
            new PrintWriter(System.err, true, StandardCharsets.UTF_8).println("no server to train with: " + unable);
        } finally {
            delete(scratch);
        }
        return ExitCode.OK.number();
    }

    private void serve(Path scratch) throws IOException, InterruptedException {
        try (TrainingServer engine = start("serve", "--engine=sim", LOOPBACK, "--speedup-ratio=4")) {
            new TrainingClient(engine.uri(), MODEL).chat(CHATS / 4);
            serveEngineOfOthers(engine, modelFolder(scratch.resolve("model")));
        }
        serveFleet("--discovery=file:" + scratch.resolve("fleet"));
    }

    private void serveEngineOfOthers(TrainingServer engine, Path model) throws IOException, InterruptedException {
        try (TrainingServer gateway = start(
                "serve",
                "--engine=openai",
                "--attach=" + engine.address(),
                "--model=" + model,
                "--served-model-name=" + MODEL,
                LOOPBACK)) {
            var client = new TrainingClient(gateway.uri(), MODEL);
            client.chat(CHATS);
            client.sendHugePrompts(HUGE_PROMPTS);
        }
    }

    @SuppressWarnings("try") // the frontend finds the worker by the store
    private void serveFleet(String store) throws IOException, InterruptedException {
        try (TrainingServer worker = start("worker", "--engine=sim", store, "--speedup-ratio=4");
                TrainingServer frontend = start("frontend", store, LOOPBACK)) {
            new TrainingClient(frontend.uri(), MODEL).chat(CHATS / 4);
        }
    }

    private TrainingServer start(String... arguments) throws InterruptedException {
        return TrainingServer.start(commands, arguments);
    }

    /** The simulated engine's text side as a folder, which a server that joins engines of others asks for. */
    private static Path modelFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), "{}");
        for (TextContent content : TextSide.simulated().files()) {
            byte[] bytes =
                    content.source().read(0, Math.toIntExact(content.file().size()));
            Files.write(folder.resolve(content.file().name()), bytes);
        }
        return folder;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }
}

package io.jynamo.cli.store;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The right to pull one model, held by one process; the operating system takes it back when the process dies. */
final class PullLock implements AutoCloseable {
    private static final int MAX_TEXT = 64;

    private final FileChannel channel;

    private PullLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock, or says who has it.
     *
     * @throws JynamoException PULL_FAILED when another pull runs
     */
    static PullLock take(Path file, String model) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            @Nullable FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new JynamoException(
                        ErrorCode.PULL_FAILED,
                        model + ": another process is pulling it (process " + holder(channel)
                                + "); wait for it or stop it");
            }
            byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid), 0);
            return new PullLock(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(MAX_TEXT);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

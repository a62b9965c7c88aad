package io.jynamo.cli.settings;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where and how clients are met.
 *
 * @param keys those of a file, and the audit log
 * @param bodyLimit bytes
 * @param receiveTimeout until a request must have arrived whole
 * @param requestTimeout until its response must be finished
 * @param keepAliveInterval silence before a comment is sent into a stream; zero for never
 * @param resumeWindow a stream is kept for a client that lost its connection; zero for not at all
 * @param resumeMemory bytes for all such streams
 * @param responsesWindow a response is kept after it was last used; zero for not at all
 * @param responsesMemory bytes for all such responses
 * @param overloadStatus for want of room
 * @param stripsPreamble a leading billing header is left out of system prompts
 * @param media what media of requests may take
 * @param files those that clients upload, and batches
 * @param kservePort of KServe's gRPC service
 */
public record HttpOptions(
        String host,
        int port,
        List<String> apiKeys,
        KeyChoice keys,
        Optional<TlsFiles> tls,
        long bodyLimit,
        Duration receiveTimeout,
        Duration requestTimeout,
        Duration keepAliveInterval,
        Duration drainTimeout,
        Duration resumeWindow,
        long resumeMemory,
        Duration responsesWindow,
        long responsesMemory,
        int overloadStatus,
        boolean stripsPreamble,
        MediaChoice media,
        FilesChoice files,
        Optional<Integer> kservePort) {
    @Override
    public String toString() { // without the keys
        return "HttpOptions[host=" + host + ", port=" + port + ", apiKeys=" + apiKeys.size() + ", tls="
                + tls.isPresent() + "]";
    }
}

package io.jynamo.cli.worker;

import io.jynamo.engine.process.EngineGroup;
import io.jynamo.engine.process.GroupCore;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.discovery.Entry;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What members of an engine group announce of themselves: {@code groups/NAMESPACE/GROUP/RANK}, as JSON. */
final class GroupEntries {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private GroupEntries() {}

    static String folder(String namespace, EngineGroup group) {
        return "groups/" + namespace + "/" + group.name();
    }

    static Entry entry(String folder, GroupCore.Member member) {
        return new Entry(
                folder + "/" + member.rank(),
                JSON.writeValueAsBytes(JSON.createObjectNode()
                        .put("process", member.process())
                        .put("epoch", member.epoch())
                        .put("state", member.state().name())));
    }

    /** Empty for what somebody else's hand has written there. */
    static Optional<GroupCore.Member> read(Entry entry) {
        try {
            JsonNode json = JSON.readTree(entry.value());
            return rank(entry.key())
                    .map(rank -> new GroupCore.Member(
                            rank,
                            json.path("process").asString(""),
                            json.path("epoch").asInt(0),
                            WorkerState.valueOf(json.path("state").asString(""))));
        } catch (JacksonException | IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    static Optional<Integer> rank(String key) {
        String last = key.substring(key.lastIndexOf('/') + 1);
        return last.matches("\\d{1,4}") ? Optional.of(Integer.valueOf(last)) : Optional.empty();
    }
}

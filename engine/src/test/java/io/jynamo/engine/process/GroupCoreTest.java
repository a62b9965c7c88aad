package io.jynamo.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.process.GroupCore.Effect;
import io.jynamo.engine.process.GroupCore.Member;
import io.jynamo.protocol.WorkerState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engine groups by themselves: what a member does about each event, and that all of them arrive at one epoch. */
class GroupCoreTest {
    @Test
    void aGroupIsReadyWhenAllMembersAreInOneEpoch() {
        GroupCore core = new GroupCore(new EngineGroup(2, 0, "h", 1), "a");
        assertThat(core.onBegin()).containsExactly(new Effect.Announce(member(0, "a", 1, WorkerState.LOADING)));
        core.onOwn(status(WorkerState.READY, 1));
        assertThat(core.verdict().state()).isEqualTo(WorkerState.LOADING);
        core.onMember(member(1, "b", 1, WorkerState.READY));
        assertThat(core.verdict().state()).isEqualTo(WorkerState.READY);
        assertThat(core.onMember(member(1, "b", 2, WorkerState.LOADING)))
                .containsExactly(
                        new Effect.Restart(1, "rank 1 began anew"),
                        new Effect.Announce(member(0, "a", 2, WorkerState.LOADING)));
        assertThat(core.onOwn(status(WorkerState.UNREACHABLE, 1)))
                .as("its own end, which was asked for")
                .isEmpty();
        core.onOwn(status(WorkerState.READY, 2));
        core.onMember(member(1, "b", 2, WorkerState.READY));
        assertThat(core.verdict().state()).isEqualTo(WorkerState.READY);
    }

    @Test
    void aMemberThatGoesBeginsAnEpochAndIsWaitedFor() {
        GroupCore core = ready();
        assertThat(core.onGone(1))
                .containsExactly(
                        new Effect.Restart(1, "rank 1 is GONE: the group cannot go on without it"),
                        new Effect.Announce(member(0, "a", 2, WorkerState.LOADING)));
        assertThat(core.onGone(1)).isEmpty();
        core.onOwn(status(WorkerState.READY, 2));
        assertThat(core.verdict().state()).isEqualTo(WorkerState.LOADING);
        assertThat(core.onMember(member(1, "c", 2, WorkerState.READY))).isEmpty();
        assertThat(core.verdict().state()).isEqualTo(WorkerState.READY);
    }

    @Test
    void anotherProcessInAMembersPlaceIsAnotherMember() {
        assertThat(ready().onMember(member(1, "c", 1, WorkerState.LOADING)))
                .contains(new Effect.Restart(1, "rank 1 is another process"));
    }

    @Test
    void itsOwnDeathBeginsAnEpochWithoutASecondRestart() {
        GroupCore core = ready();
        assertThat(core.onOwn(status(WorkerState.UNREACHABLE, 1)))
                .containsExactly(new Effect.Announce(member(0, "a", 2, WorkerState.LOADING)));
        assertThat(core.onMember(member(1, "b", 2, WorkerState.LOADING))).isEmpty();
        assertThat(core.onOwn(status(WorkerState.LOADING, 2))).isEmpty();
    }

    @Test
    void whoJoinsTakesTheEpochTheOthersHave() {
        GroupCore core = new GroupCore(new EngineGroup(2, 0, "h", 1), "a");
        core.onMember(member(1, "b", 7, WorkerState.LOADING));
        assertThat(core.onBegin()).containsExactly(new Effect.Announce(member(0, "a", 7, WorkerState.LOADING)));
    }

    @Test
    void whatIsNoMemberIsNoNews() {
        GroupCore core = ready();
        assertThat(core.onMember(member(0, "x", 9, WorkerState.GONE))).isEmpty();
        assertThat(core.onMember(member(2, "x", 9, WorkerState.GONE))).isEmpty();
        assertThat(core.onGone(3)).isEmpty();
        assertThat(core.verdict().state()).isEqualTo(WorkerState.READY);
    }

    /** Members die at random while their words are on the way; in the end all are ready in one epoch, all started in it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void allArriveAtOneEpochWhateverFalls(long seed) {
        Random random = new Random(seed);
        List<Node> nodes = new ArrayList<>();
        int count = 2 + random.nextInt(3);
        for (int rank = 0; rank < count; rank++) {
            nodes.add(new Node(new EngineGroup(count, rank, "h", 1)));
        }
        nodes.forEach(node -> node.take(node.core.onBegin(), nodes));
        for (int step = 0; step < 400; step++) {
            Node node = nodes.get(random.nextInt(count));
            switch (random.nextInt(12)) {
                case 0 -> node.die(nodes);
                case 1, 2, 3 -> node.load(nodes);
                default -> node.hear(nodes);
            }
        }
        for (int step = 0; step < 20_000 && nodes.stream().anyMatch(node -> !node.isQuiet()); step++) {
            Node node = nodes.get(random.nextInt(count));
            node.hear(nodes);
            node.load(nodes);
        }
        assertThat(nodes)
                .allSatisfy(node -> assertThat(node.core.verdict().state())
                        .as("rank %s, seed %s", node.group.rank(), seed)
                        .isEqualTo(WorkerState.READY));
        assertThat(nodes.stream().map(node -> node.said.epoch()).distinct()).hasSize(1);
    }

    /** One node with an engine that is where it was told to be, and a box of what the others said, in order. */
    private static final class Node {
        private final EngineGroup group;
        private final GroupCore core;
        private final Deque<Member> box = new ArrayDeque<>();
        private EngineStatus engine = status(WorkerState.LOADING, 1);
        private Member said;

        Node(EngineGroup group) {
            this.group = group;
            this.core = new GroupCore(group, "p" + group.rank());
            this.said = member(group.rank(), "p" + group.rank(), 0, WorkerState.LOADING);
        }

        void take(List<Effect> effects, List<Node> all) {
            for (Effect effect : effects) {
                switch (effect) {
                    case Effect.Announce announce -> {
                        said = announce.own();
                        all.forEach(other -> other.box.add(announce.own()));
                    }
                    case Effect.Restart restart -> {
                        if (restart.start() == engine.starts()) {
                            go(status(WorkerState.UNREACHABLE, engine.starts()), all);
                            go(status(WorkerState.LOADING, engine.starts() + 1), all);
                        }
                    }
                }
            }
        }

        void go(EngineStatus next, List<Node> all) {
            engine = next;
            take(core.onOwn(next), all);
        }

        void die(List<Node> all) {
            if (engine.state() == WorkerState.READY) {
                go(status(WorkerState.UNREACHABLE, engine.starts()), all);
            }
            go(status(WorkerState.LOADING, engine.starts() + 1), all);
        }

        void load(List<Node> all) {
            if (engine.state() == WorkerState.LOADING) {
                go(status(WorkerState.READY, engine.starts()), all);
            }
        }

        void hear(List<Node> all) {
            Member next = box.poll();
            if (next != null) {
                take(core.onMember(next), all);
            }
        }

        boolean isQuiet() {
            return box.isEmpty() && engine.state() == WorkerState.READY;
        }
    }

    private static GroupCore ready() {
        GroupCore core = new GroupCore(new EngineGroup(2, 0, "h", 1), "a");
        core.onBegin();
        core.onOwn(status(WorkerState.READY, 1));
        core.onMember(member(1, "b", 1, WorkerState.READY));
        return core;
    }

    private static Member member(int rank, String process, int epoch, WorkerState state) {
        return new Member(rank, process, epoch, state);
    }

    private static EngineStatus status(WorkerState state, int starts) {
        return new EngineStatus(state, "", starts, starts);
    }
}

package io.jynamo.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The room table of docs/ARCHITECTURE.md: who may enter which room, and what no room of a kind may touch. */
class RoomTableTest {
    private static final List<Room> HOUSE = List.of(
            room("protocol").entersNothing(),
            room("runtime").enters("protocol"),
            room("text").enters("protocol"),
            room("engine").enters("protocol"),
            room("router").enters("protocol"),
            room("frontend").enters("protocol", "text", "router"),
            room("simulation").enters("protocol", "engine", "router"),
            room("bench").enters("protocol", "runtime", "text", "engine", "router", "frontend", "simulation"),
            room("cli").enters("protocol", "runtime", "text", "engine", "router", "frontend", "simulation", "bench"));

    /** Libraries that stay inside the rooms that need them. */
    private static final List<Library> LIBRARIES = List.of(
            library("Netty", "io.netty..").staysIn("frontend", "runtime", "bench"),
            library("protobuf", "com.google.protobuf..").staysIn("runtime", "frontend"),
            library("gRPC", "io.grpc..").staysIn("frontend", "runtime"),
            library("etcd", "io.etcd..").staysIn("runtime"),
            library("ZeroMQ", "org.zeromq..").staysIn("engine"),
            library("MessagePack", "org.msgpack..").staysIn("engine"),
            library("Prometheus", "io.prometheus..").staysIn("frontend", "bench"),
            library("picocli", "picocli..").staysIn("cli"),
            library("YAML", "org.snakeyaml..").staysIn("cli"),
            library("foreign memory", "java.lang.foreign..").staysIn("engine", "bench"),
            library("vectors", "jdk.incubator.vector..").staysIn("engine", "text", "bench", "cli"),
            library("HdrHistogram", "org.HdrHistogram..").staysIn("bench"));

    /** Packages that hold policy: they take events and a time, and return effects. */
    private static final String[] CORES = {
        "io.jynamo.protocol..",
        "io.jynamo.router.index..",
        "io.jynamo.router.load..",
        "io.jynamo.router.select..",
        "io.jynamo.router.health..",
        "io.jynamo.engine.schedule..",
        "io.jynamo.simulation.clock..",
        "io.jynamo.simulation.fleet..",
        "io.jynamo.cli.config..",
        "io.jynamo.cli.graph.supervision.."
    };

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.jynamo");

    @TestFactory
    Stream<DynamicTest> each_room_enters_only_the_rooms_below_it() {
        return HOUSE.stream()
                .map(room -> DynamicTest.dynamicTest(
                        room.toString(),
                        () -> noClasses()
                                .that()
                                .resideInAPackage(room.packages())
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(HOUSE.stream()
                                        .filter(other -> !other.equals(room) && !room.entered.contains(other.name))
                                        .map(Room::packages)
                                        .toArray(String[]::new))
                                .allowEmptyShould(true)
                                .because("docs/ARCHITECTURE.md says so")
                                .check(OURS)));
    }

    @TestFactory
    Stream<DynamicTest> each_library_stays_in_the_rooms_that_need_it() {
        return LIBRARIES.stream()
                .map(library -> DynamicTest.dynamicTest(
                        library.toString(),
                        () -> noClasses()
                                .that()
                                .resideOutsideOfPackages(library.rooms.stream()
                                        .map(name -> room(name).entersNothing().packages())
                                        .toArray(String[]::new))
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(library.packages)
                                .check(OURS)));
    }

    @Test
    void every_class_lives_in_a_room() {
        classes()
                .should()
                .resideInAnyPackage(HOUSE.stream().map(Room::packages).toArray(String[]::new))
                .check(OURS);
    }

    @Test
    void the_protocol_does_no_io() {
        noClasses()
                .that()
                .resideInAPackage("io.jynamo.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io", "java.net..", "java.nio.channels..", "java.nio.file..")
                .check(OURS);
    }

    @Test
    void text_reads_model_files_and_nothing_else() {
        noClasses()
                .that()
                .resideInAPackage("io.jynamo.text..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.util.logging..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.Builder.class, java.util.concurrent.ExecutorService.class, System.Logger.class)
                .orShould()
                .callMethod(Thread.class, "start")
                .check(OURS);
    }

    @Test
    void cores_have_no_thread_socket_file_or_logger_of_their_own() {
        // Configuration reads one file, in the one class that is named for it. Grace spreads its counters by who
        // counts.
        noClasses()
                .that()
                .resideInAnyPackage(CORES)
                .and()
                .doNotHaveSimpleName("YamlFile")
                .and()
                .doNotHaveSimpleName("Grace")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "java.lang.foreign..", "java.util.logging..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(
                        Thread.class,
                        java.util.concurrent.ExecutorService.class,
                        System.Logger.class,
                        java.nio.file.Files.class)
                .check(OURS);
    }

    @Test
    void cores_are_told_the_time_and_their_seed() {
        noClasses()
                .that()
                .resideInAnyPackage(CORES)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(java.time.Clock.class, java.util.concurrent.ThreadLocalRandom.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(java.util.Random.class)
                .check(OURS);
    }

    @Test
    void nothing_prints_but_the_command() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.jynamo.cli..", "io.jynamo.bench..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(OURS);
    }

    @Test
    void no_room_needs_itself_through_another() {
        slices().matching("io.jynamo.(*)..").should().beFreeOfCycles().check(OURS);
    }

    private static RoomDraft room(String name) {
        return new RoomDraft(name);
    }

    private static LibraryDraft library(String name, String packages) {
        return new LibraryDraft(name, packages);
    }

    private record RoomDraft(String name) {
        Room entersNothing() {
            return new Room(name, List.of());
        }

        Room enters(String... rooms) {
            return new Room(name, Arrays.asList(rooms));
        }
    }

    private record Room(String name, List<String> entered) {
        String packages() {
            return "io.jynamo." + name + "..";
        }

        @Override
        public String toString() {
            return name + " enters " + (entered.isEmpty() ? "nothing" : String.join(", ", entered));
        }
    }

    private record LibraryDraft(String name, String packages) {
        Library staysIn(String... rooms) {
            return new Library(name, packages, Arrays.asList(rooms));
        }
    }

    private record Library(String name, String packages, List<String> rooms) {
        @Override
        public String toString() {
            return name + " stays in " + String.join(", ", rooms);
        }
    }
}

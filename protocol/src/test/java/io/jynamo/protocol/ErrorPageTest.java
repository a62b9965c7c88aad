package io.jynamo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ErrorPageTest {
    private static final Path PAGE = Path.of(System.getProperty("jynamo.root", ".."), "docs/errors.md");
    private static final String UPDATE = "jynamo.updateGoldens";

    @Test
    void thePageSaysWhatTheCodeSays() throws IOException {
        String page = ErrorPage.render();
        if (Boolean.getBoolean(UPDATE)) {
            Files.createDirectories(PAGE.toAbsolutePath().getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("make it with: %s", command()).exists();
        assertThat(Files.readString(PAGE))
                .as("docs/errors.md differs from ErrorCode; make it anew with: %s", command())
                .isEqualTo(page);
    }

    @Test
    void idsAreStableWords() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::id))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z_]+") && id.equals(id.toLowerCase(Locale.ROOT)));
    }

    @Test
    void aCallersErrorHelpsNowhereElse() {
        assertThat(ErrorCode.values())
                .filteredOn(code -> code.fault() == ErrorCode.Fault.CALLER)
                .noneMatch(ErrorCode::anotherWorkerMayHelp);
    }

    private static String command() {
        return "mvn test -pl protocol -Dtest=ErrorPageTest -D" + UPDATE + "=true";
    }
}

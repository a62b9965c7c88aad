package io.jynamo.text.template;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that would run, grow or nest without end stop with a named error. */
class TemplateLimitsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% for a in range(100000) %}{% for b in range(100000) %}xxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
                "{% set ns = namespace(s='xx') %}{% for a in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s='xx') %}{% for a in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for a in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for a in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace(s=[1]) %}{% for a in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s|tojson }}",
                "{% set ns = namespace(s=[1], t=[1]) %}{% for a in range(60) %}{% set ns.s = [ns.s, ns.s] %}"
                        + "{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}",
                "{{ 'x' * 10000000000 }}",
                "{{ [0] * 10000000000 }}",
                "{{ '%2000000000d' % 1 }}",
                "{{ '%.2000000000f' % 1 }}",
                "{{ '{:2000000000}'.format(1) }}",
                "{{ '{:.999999999f}'.format(1.5) }}",
                "{{ 'x'.center(2000000000) }}",
                "{{ 'x'.zfill(2000000000) }}",
                "{{ '\t'.expandtabs(2000000000) }}",
                "{{ 'x'|indent(2000000000) }}",
                "{{ [1]|tojson(indent=2000000000) }}",
                "{{ [1]|batch(2000000000, 'x')|list }}",
                "{{ [1]|slice(2000000000)|list }}",
                "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
                "{{ ('a' * 100000).replace('', 'b' * 100000) }}",
                "{{ (('a' * 100000)|list)|join('b' * 100000) }}",
                "{{ (10 ** (10 ** 10)) }}",
                "{% set ns = namespace(i=7) %}{% for a in range(100000) %}{% set ns.i = ns.i * ns.i %}{% endfor %}",
                "{{ range(10 ** 9) }}",
                "{% set big = 10 ** 10000 %}{{ big }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f(x) %}{% if true %}{% for a in [1] %}{{ ((((f([x])|upper)|lower))) }}{% endfor %}{% endif %}{% endmacro %}{{ f(1) }}",
                "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}",
                "{% set ns = namespace(s=1) %}{% for a in range(100000) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace(s=1) %}{% for a in range(100000) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s|tojson }}",
                "{% set ns = namespace(s=1, t=1) %}{% for a in range(100000) %}{% set ns.s = [ns.s] %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.s == ns.t }}",
                "{% set ns = namespace(s=1) %}{% for a in range(100000) %}{% set ns.s = (ns.s,) %}{% endfor %}{{ {ns.s: 1} }}",
                "{% set ns = namespace(s=[1].__x) %}{% for a in range(100000) %}{% set ns.s = [1]|map('abs') %}{% for b in ns.s %}{% for c in range(100000) %}{% endfor %}{% endfor %}{% endfor %}",
                "{% set a = 'a' * 1000000 %}{% for i in range(100000) %}{{ a.count('aaaaaaaaab') }}{% endfor %}",
                "{% set a = 'a' * 4000000 %}{{ (a ~ 'b') in (a * 2) }}{% for i in range(100000) %}{% set b = a[1:] %}{% endfor %}",
                "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}",
            })
    void endWithANamedError(String source) {
        var template = ChatTemplates.compile(source);
        var error = requireNonNull(catchThrowableOfType(JynamoException.class, () -> template.render(Map.of())));
        assertThat(error.code()).isEqualTo(ErrorCode.TEMPLATE_FAILED);
        assertThat(requireNonNull(error.getMessage())).hasSizeLessThan(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{1:", "not ", "-", "a if b else ", "a[", "f(", "a|f(", "x is y(", "1 + ("})
    void refusesDeepExpressions(String opening) {
        assertInvalid("{{ " + opening.repeat(20_000));
        assertInvalid("{{ " + opening.repeat(20_000) + "1" + "}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if a %}",
                "{% for a in b %}",
                "{% macro f() %}",
                "{% set a %}",
                "{% filter upper %}",
                "{% call f() %}"
            })
    void refusesDeepStatements(String opening) {
        assertInvalid(opening.repeat(20_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {" + 1", " - 1", " ~ 1", " * 1", " and 1", " or 0", " == 1", "|string", "|default(1)", " ** 1"})
    void takesLongChainsWithoutDepth(String link) {
        var source = "{% set a = 1 %}{{ a" + link.repeat(20_000) + " }}";
        try {
            ChatTemplates.compile(source).render(Map.of());
        } catch (JynamoException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_FAILED);
            assertThat(requireNonNull(e.getMessage())).doesNotContain("nests too deep for this thread");
        }
    }

    private static void assertInvalid(String source) {
        var error = requireNonNull(catchThrowableOfType(JynamoException.class, () -> ChatTemplates.compile(source)));
        assertThat(error.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID);
    }

    @Test
    void nestsWithoutOverflowingASmallStack() throws InterruptedException {
        var nested = "{% if true %}".repeat(90) + "{{ f(x - 1) if x else 'end' }}" + "{% endif %}".repeat(90);
        var template = ChatTemplates.compile("{% macro f(x) %}" + nested + "{% endmacro %}{{ f(4) }}");
        var deep = ChatTemplates.compile("{{ " + "(1 + ".repeat(45) + "1" + ")".repeat(45) + " }}");
        var rendered = new String[2];
        var thread = new Thread(
                null,
                () -> {
                    rendered[0] = template.render(Map.of());
                    rendered[1] = deep.render(Map.of());
                },
                "small stack",
                256 << 10);
        thread.start();
        thread.join();
        assertThat(rendered).containsExactly("end", "46");
    }

    @Test
    void boundsOutputAndStepsAsAsked() {
        var limits = new TemplateLimits(1000, 20, 100, 50, 10, 1000);
        var loop = ChatTemplates.compile("{% for a in x %}{{ a }}{% endfor %}", limits);
        assertThat(loop.render(Map.of("x", List.of("a", "b")))).isEqualTo("ab");
        var output = requireNonNull(catchThrowableOfType(
                JynamoException.class, () -> loop.render(Map.of("x", List.of("abcdef", "abcdef")))));
        assertThat(output).hasMessageContaining("longer than 10");
        var steps = requireNonNull(catchThrowableOfType(
                JynamoException.class, () -> loop.render(Map.of("x", java.util.Collections.nCopies(90, "")))));
        assertThat(steps).hasMessageContaining("100 steps");
        assertThat(requireNonNull(catchThrowableOfType(
                                JynamoException.class, () -> ChatTemplates.compile("x".repeat(1001), limits)))
                        .code())
                .isEqualTo(ErrorCode.TEMPLATE_INVALID);
    }
}

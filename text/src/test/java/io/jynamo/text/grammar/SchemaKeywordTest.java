package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Each keyword by itself: texts that follow it and texts that do not. */
class SchemaKeywordTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern GAP = Pattern.compile(" {2,}");

    /** A schema, then on lines of their own what it accepts and, after a minus, what it does not; two blanks part them. */
    private static final String CASES = """
            {"type": "null"}
              null
            - true  0  "null"
            {"type": ["boolean", "null"]}
              true  false  null
            - 1  "true"
            {"type": "string", "nullable": true}
              "a"  null
            - 1
            {"type": "integer"}
              0  -1  10  123456789012345678901234567890
            - 01  1.5  1e3  --1  +1
            {"type": "number"}
              0  -0.5  1e5  1.25E-3  3
            - .5  1.  1e  00
            {"type": "integer", "minimum": -3, "exclusiveMaximum": 12}
              -3  0  11  9  -1
            - -4  12  100  -0
            {"type": "integer", "exclusiveMinimum": 1.5, "maximum": 1000}
              2  999  1000
            - 1  1001  -5
            {"type": "number", "minimum": -1.5, "maximum": 2.25}
              -1.5  -1.49  -1  0  2  2.25  2.250  1.999  -0.3
            - -1.51  2.251  2.3  3  -2  10
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
              0.5  0.001  0.99
            - 0  1  0.0  1.0  -0.1
            {"type": "integer", "multipleOf": 7}
              0  7  -14  700
            - 8  1
            {"type": "number", "multipleOf": 0.01}
              1  1.5  1.25  -3.10
            - 1.255
            {"type": "integer", "multipleOf": 2.5}
              5  -10  0
            - 2  3
            {"type": "string", "minLength": 2, "maxLength": 3}
              "ab"  "é名"  "\\u00e9\\n"  "\\ud83d\\ude00a"  "😀😀😀"
            - "a"  "abcd"  ""  "\\ud83d\\ude00"
            {"type": "string", "pattern": "^[a-z]+$"}
              "abc"
            - ""  "ABC"  "ab1"
            {"type": "string", "pattern": "b\\""}
              "ab\\"c"  "b\\""
            - "b"  "\\"b"
            {"type": "string", "pattern": "^a", "maxLength": 2}
              "a"  "ab"
            - "abc"  "ba"
            {"type": "string", "format": "date"}
              "2024-02-29"  "1999-12-31"
            - "2023-02-29"  "2024-13-01"  "24-1-1"  "1900-02-29"
            {"type": "string", "format": "date-time"}
              "2024-02-29T23:59:59Z"  "1999-12-31T00:00:00.5+01:00"
            - "2024-02-29 23:59:59Z"  "2024-02-29T24:00:00Z"
            {"type": "string", "format": "time"}
              "12:00:00Z"
            - "12:00"
            {"type": "string", "format": "uuid"}
              "123e4567-e89b-12d3-a456-426614174000"
            - "123e4567"
            {"type": "string", "format": "ipv4"}
              "127.0.0.1"  "255.255.255.255"
            - "256.0.0.1"  "1.2.3"  "01.2.3.4"
            {"type": "string", "format": "ipv6"}
              "::"  "::1"  "1::"  "1:2:3:4:5:6:7:8"  "::ffff:1.2.3.4"  "1:2::7:8"
            - "1:2:3:4:5:6:7"  "1::2::3"  "12345::"  ":1"
            {"type": "string", "format": "email"}
              "joe.bloggs@example.com"
            - "2962"  "a@"  ".a@b.c"
            {"type": "string", "format": "uri"}
              "https://example.com/a?b=c#d"  "urn:isbn:1"  "http://[::1]:80/"
            - "//example.com"  "no uri"
            {"type": "string", "format": "hostname"}
              "www.example.com"  "a"
            - "-a"  "a_b"
            {"type": "string", "format": "duration"}
              "P1DT12H"  "PT5M"  "P4W"
            - "P"  "PT"  "P1Y1W"
            {"enum": [1, "a", null, [1, "x"], {"k": true}]}
              1  1.0  "a"  null  [1,"x"]  [ 1, "x" ]  {"k":true}
            - 2  "b"  [1]  {}
            {"enum": [1, "a", 2, "bb"], "type": "string", "minLength": 2}
              "bb"
            - "a"  1  2
            {"const": "tab\\t\\"é\\u0001"}
              "tab\\t\\"é\\u0001"
            - "tab"
            {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3}
              [1]  [1,2,3]  [ 1 , 2 ]
            - []  [1,2,3,4]  ["a"]  [1,]  [,1]
            {"type": "array", "prefixItems": [{"const": 1}, {"type": "string"}], "items": {"type": "null"}}
              []  [1]  [1,"a"]  [1,"a",null,null]
            - [2]  [1,2]  [1,"a",1]
            {"type": "array", "items": [{"const": 1}, {"type": "string"}], "additionalItems": false, "minItems": 1}
              [1]  [1,"a"]
            - []  [1,"a",1]
            {"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}, "required": ["b"], "additionalProperties": false}
              {"b":2}  {"a":1,"b":2}  {"b":2,"c":3}  {"a":1,"b":2,"c":3}  { "a" : 1, "b" : 2 }
            - {}  {"a":1}  {"b":2,"a":1}  {"b":2,}  {,"b":2}  {"b":2,"d":1}  {"b":2"c":3}
            {"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": {"type": "string"}}
              {}  {"a":1}  {"b":"x"}  {"a":1,"ab":"x"}  {"a":1,"":"x","b":"y"}  {"\\"":"x"}
            - {"a":"x"}  {"b":1}
            {"type": "object", "properties": {"a": {"const": 1}}, "required": ["z", "a"]}
              {"a":1,"z":[]}  {"a":1,"z":1,"y":2}
            - {"a":1}  {"z":1}
            {"type": "object", "patternProperties": {"^n": {"type": "integer"}, "s$": {"type": "string"}}, "additionalProperties": false}
              {}  {"n":1}  {"xs":"x"}  {"n1":1,"s":""}
            - {"n":"x"}  {"ns":"x"}  {"q":1}
            {"type": "object", "properties": {"nx": {"minimum": 5}}, "patternProperties": {"^n": {"type": "integer"}}}
              {"nx":7}  {"n":1,"q":"x"}
            - {"nx":3}  {"nx":"x"}  {"n":"x"}
            {"type": "object", "minProperties": 1, "maxProperties": 2}
              {"a":1}  {"a":1,"b":2}
            - {}  {"a":1,"b":2,"c":3}
            {"type": "object", "properties": {"a": {}, "b": {}}, "minProperties": 1, "additionalProperties": false}
              {"a":1}  {"b":2}  {"a":1,"b":2}
            - {}
            {"type": "object", "properties": {"a": false, "b": true}}
              {}  {"b":1}
            - {"a":1}
            {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]}
              5  "a"
            - 1.5  "ab"  null
            {"type": "object", "properties": {"k": {"type": "string"}}, "anyOf": [{"required": ["k"]}, {"properties": {"l": {"const": 1}}, "required": ["l"]}]}
              {"k":"a"}  {"k":"a","l":1}  {"l":1}
            - {}  {"k":1}  {"l":2}
            {"oneOf": [{"type": "object", "properties": {"t": {"const": "a"}, "x": {"type": "integer"}}, "required": ["t", "x"]}, {"type": "object", "properties": {"t": {"const": "b"}}, "required": ["t"]}]}
              {"t":"a","x":1}  {"t":"b"}
            - {"t":"a"}  {"t":"c"}  {}
            {"oneOf": [{"type": "integer", "maximum": 3}, {"type": "integer", "minimum": 4, "maximum": 6}, {"type": "null"}]}
              3  4  null  -100
            - 7
            {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"a": {"minimum": 2}}, "type": "object"}]}
              {"a":2}
            - {"a":1}  {"a":"x"}  {}
            {"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"v": {"type": "integer"}, "next": {"$ref": "#/$defs/n"}}, "required": ["v"], "additionalProperties": false}}}
              {"v":1}  {"v":1,"next":{"v":2,"next":{"v":3}}}
            - {"next":{"v":1}}  {"v":1,"next":{}}
            {"type": "array", "items": {"$ref": "#"}}
              []  [[],[[]]]
            - [1]
            {"definitions": {"a/b": {"$anchor": "here", "const": 1}}, "items": {"$ref": "#here"}, "prefixItems": [{"$ref": "#/definitions/a~1b"}], "type": "array"}
              [1,1]
            - [2]  [1,2]
            {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"i": {"type": "integer"}}, "$ref": "#/definitions/i", "type": "string"}
              1
            - "a"
            {"title": "t", "description": "d", "default": 1, "examples": [], "$comment": "c", "deprecated": true, "x-own": {}, "uniqueItems": false, "const": 1}
              1
            - 2
            true
              1  "a"  [{}]  {"a":[null,true]}
            - tru  [1,]
            """;

    record Case(String schema, List<String> accepted, List<String> refused) {}

    static Stream<Case> cases() {
        var cases = new java.util.ArrayList<Case>();
        for (String line : CASES.split("\n", -1)) {
            if (line.startsWith("- ")) {
                cases.getLast()
                        .refused()
                        .addAll(GAP.splitAsStream(line.substring(2)).toList());
            } else if (line.startsWith("  ")) {
                cases.getLast()
                        .accepted()
                        .addAll(GAP.splitAsStream(line.substring(2)).toList());
            } else if (!line.isEmpty()) {
                cases.add(new Case(line, new java.util.ArrayList<>(), new java.util.ArrayList<>()));
            }
        }
        return cases.stream();
    }

    private static CompiledGrammar compile(String schema, boolean strict) {
        return new Constraint.JsonSchema(JSON.readValue(schema, Object.class), strict, Constraint.WhiteSpace.FLEXIBLE)
                .compile();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void accepts_what_follows_the_keyword(Case one) {
        var grammar = compile(one.schema, false);
        for (String text : one.accepted) {
            assertThat(grammar.accepts(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isTrue();
        }
        for (String text : one.refused) {
            assertThat(grammar.accepts(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isFalse();
        }
        assertThat(one.accepted).isNotEmpty();
        assertThat(one.refused).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "{\"properties\": {\"tags\": {\"uniqueItems\": true}}} @ unsupported keyword 'uniqueItems' at #/properties/tags",
                "{\"not\": {}} @ unsupported keyword 'not' at #",
                "{\"items\": {\"if\": true}} @ unsupported keyword 'if' at #/items",
                "{\"$defs\": {\"a/b\": {\"contains\": 1}}, \"$ref\": \"#/$defs/a~1b\"} @ unsupported keyword 'contains' at #/$defs/a~1b",
                "{\"dependentRequired\": {}} @ 'dependentRequired'",
                "{\"dependentSchemas\": {}} @ 'dependentSchemas'",
                "{\"dependencies\": {}} @ 'dependencies'",
                "{\"propertyNames\": {}} @ 'propertyNames'",
                "{\"unevaluatedProperties\": false} @ 'unevaluatedProperties'",
                "{\"unevaluatedItems\": false} @ 'unevaluatedItems'",
                "{\"$dynamicRef\": \"#a\"} @ '$dynamicRef'",
                "{\"type\": \"string\", \"format\": \"phone\"} @ unsupported keyword 'format' at #: 'phone' is not one of",
                "{\"type\": \"number\", \"multipleOf\": 0.3} @ unsupported keyword 'multipleOf' at #",
                "{\"oneOf\": [{\"type\": \"integer\"}, {\"minimum\": 2}]} @ unsupported keyword 'oneOf' at #: branches 0 and 1 may both hold",
                "{\"$ref\": \"http://example.com/s\"} @ unsupported keyword '$ref' at #: 'http://example.com/s' is in another document",
                "{\"items\": {\"$id\": \"x\"}} @ unsupported keyword '$id' at #/items",
                "{\"type\": \"string\", \"pattern\": \"(?=a)\"} @ lookahead",
            })
    void refuses_what_is_not_built_by_its_name(String schema, String message) {
        assertThatThrownBy(() -> compile(schema, false))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "false @ no text satisfies the constraint",
                "{\"type\": \"intager\"} @ keyword 'type' at # is not one of JSON's types: intager",
                "{\"minLength\": -1, \"type\": \"string\"} @ keyword 'minLength' at # must be a count",
                "{\"maxLength\": 1000000, \"type\": \"string\"} @ is more than 100000",
                "{\"required\": \"a\", \"type\": \"object\"} @ keyword 'required' at # must be an array",
                "{\"properties\": [], \"type\": \"object\"} @ keyword 'properties' at # must be an object",
                "{\"properties\": {\"a\": 1}} @ a schema at #/properties/a is neither an object nor a boolean",
                "{\"anyOf\": [null]} @ a schema at #/anyOf/0 is null",
                "{\"$ref\": \"#/nowhere\"} @ keyword '$ref' at # '#/nowhere' leads nowhere",
                "{\"type\": \"object\", \"required\": [\"a\"], \"additionalProperties\": false} @ no text satisfies",
                "{\"type\": \"integer\", \"minimum\": 3, \"maximum\": 2} @ no text satisfies",
                "{\"properties\": {\"a\": {\"$ref\": \"#\"}}, \"required\": [\"a\"], \"type\": \"object\"} @ no text satisfies",
                "{\"enum\": [1], \"type\": \"string\"} @ no text satisfies",
                "{\"type\": \"string\", \"pattern\": \"[\"} @ invalid regular expression",
            })
    void says_what_is_wrong_and_where(String schema, String message) {
        assertThatThrownBy(() -> compile(schema, false))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining(message);
    }

    @Test
    void strict_closes_objects_that_do_not_say() {
        String schema =
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"object\"}, \"b\": {\"properties\": {\"c\": {}}, "
                        + "\"type\": \"object\", \"additionalProperties\": true}}}";
        byte[] more = "{\"more\":1}".getBytes(StandardCharsets.UTF_8);
        assertThat(compile(schema, false).accepts(more)).isTrue();
        assertThat(compile(schema, true).accepts(more)).isFalse();
        assertThat(compile(schema, true)
                        .accepts("{\"a\":{\"free\":1},\"b\":{\"more\":1}}".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
    }

    @Test
    void white_space_is_bounded_or_absent() {
        var flexible = compile("{\"type\": \"array\"}", false);
        assertThat(flexible.accepts(("[" + " ".repeat(40) + "1]").getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(flexible.acceptsPrefix(("[" + " ".repeat(81)).getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(flexible.acceptsPrefix(" ".getBytes(StandardCharsets.UTF_8))).isFalse();
        var compact = new Constraint.JsonSchema(java.util.Map.of("type", "array"), false, Constraint.WhiteSpace.COMPACT)
                .compile();
        assertThat(compact.accepts("[1,2]".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(compact.acceptsPrefix("[1, ".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @Test
    void strings_are_utf_8_with_whole_escapes() {
        var string = compile("{\"type\": \"string\"}", false);
        for (String text : List.of("\"\\ud83d\"", "\"\\ude00\"", "\"\\x\"", "\"\t\"", "\"\\u12\"")) {
            assertThat(string.accepts(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isFalse();
        }
        assertThat(string.acceptsPrefix(new byte[] {'"', (byte) 0xC3})).isTrue();
        assertThat(string.accepts(new byte[] {'"', (byte) 0xC3, '"'})).isFalse();
        assertThat(string.acceptsPrefix(new byte[] {'"', (byte) 0xED, (byte) 0xA0}))
                .isFalse();
        assertThat(string.acceptsPrefix(new byte[] {'"', (byte) 0xC0})).isFalse();
        assertThat(string.acceptsPrefix(new byte[] {'"', (byte) 0xF5})).isFalse();
    }
}

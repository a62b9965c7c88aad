package io.jynamo.bench.grammar;

import io.jynamo.text.grammar.Constraint;
import io.jynamo.text.grammar.Constraint.WhiteSpace;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * A constraint and answers to follow under it.
 *
 * @param kind what rivals are told: json, regex or object
 * @param spec the schema as JSON, or the regular expression
 */
record Case(String name, String kind, String spec, List<String> answers) {
    private static final JsonMapper JSON = new JsonMapper();

    Case {
        answers = List.copyOf(answers);
    }

    Constraint constraint() {
        return switch (kind) {
            case "json" -> new Constraint.JsonSchema(JSON.readValue(spec, Object.class), true, WhiteSpace.FLEXIBLE);
            case "object" -> new Constraint.JsonObject(WhiteSpace.FLEXIBLE);
            default -> new Constraint.Regex(spec);
        };
    }

    /** Ordinary constraints, as structured output is asked for every day. */
    static List<Case> all() {
        return List.of(
                new Case("person", "json", """
                        {"type": "object", "properties": {
                          "name": {"type": "string"}, "age": {"type": "integer"}, "email": {"type": "string"},
                          "role": {"enum": ["admin", "editor", "viewer"]},
                          "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 8},
                          "address": {"type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"},
                            "zip": {"type": "integer"}}, "required": ["street", "city", "zip"], "additionalProperties": false}},
                         "required": ["name", "age", "email", "role", "tags", "address"], "additionalProperties": false}
                        """, List.of("""
                        {"name": "Ada Lovelace", "age": 36, "email": "ada@example.com", "role": "admin", "tags": ["mathematics", \
                        "first programmer", "poetry"], "address": {"street": "12 St James's Square", "city": "London", "zip": 12345}}\
                        """, """
                        {
                          "name": "José Álvarez y Núñez",
                          "age": 51,
                          "email": "jose@example.org",
                          "role": "viewer",
                          "tags": [],
                          "address": {
                            "street": "Calle de Alcalá 48, 3º izquierda",
                            "city": "Madrid",
                            "zip": 28014
                          }
                        }\
                        """)),
                new Case("bounded", "json", """
                        {"type": "object", "properties": {
                          "title": {"type": "string", "minLength": 3, "maxLength": 120},
                          "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
                          "when": {"type": "string", "format": "date"},
                          "score": {"type": "integer", "minimum": 0, "maximum": 100}},
                         "required": ["title", "code", "when", "score"], "additionalProperties": false}
                        """, List.of("""
                        {"title": "A longer title of an article about the weather in the mountains and how it changes", \
                        "code": "AB-1234", "when": "2024-02-29", "score": 87}\
                        """)),
                new Case("recursive", "json", """
                        {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {
                          "label": {"type": "string"}, "weight": {"type": "number"},
                          "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
                         "required": ["label", "weight", "children"], "additionalProperties": false}}}
                        """, List.of("""
                        {"label": "root", "weight": 1.5, "children": [{"label": "left", "weight": 0.25, "children": []}, \
                        {"label": "right hand side", "weight": -3, "children": [{"label": "leaf", "weight": 1e3, "children": []}]}]}\
                        """)),
                new Case("free object", "object", "{\"type\": \"object\"}", List.of("""
                        {"query": "weather in Paris", "limit": 10, "filters": {"lang": ["fr", "en"], "since": null, "exact": false}, \
                        "note": "He said \\"no\\" twice.\\nThen he left."}\
                        """)),
                new Case(
                        "regex",
                        "regex",
                        "(\\+\\d{1,3} )?\\(\\d{3}\\) \\d{3}-\\d{4}( ext\\. \\d{1,5})?",
                        List.of("+49 (030) 123-4567 ext. 42", "(555) 867-5309")),
                new Case(
                        "choice",
                        "regex",
                        "positive|negative|neutral|not applicable|mixed feelings",
                        List.of("positive", "not applicable", "mixed feelings")));
    }
}

package io.jynamo.text.template;

import io.jynamo.protocol.JynamoException;
import java.util.List;

/** The tokens of a template, read from left to right. */
final class TokenStream {
    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        var token = tokens.get(at);
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    int line() {
        return current().line();
    }

    boolean skipName(String name) {
        var found = current().isName(name);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipOperator(String operator) {
        var found = current().isOperator(operator);
        if (found) {
            next();
        }
        return found;
    }

    Token expect(Token.Kind kind) {
        if (!current().is(kind)) {
            throw unexpected(kind.words());
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    JynamoException unexpected(String wanted) {
        return current().is(Token.Kind.END)
                ? fail("unexpected end of template, expected " + wanted)
                : fail("expected " + wanted + ", got " + current().describe());
    }

    JynamoException fail(String message) {
        return Lexer.invalid(line(), message);
    }
}

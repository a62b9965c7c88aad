package io.jynamo.text.template;

import io.jynamo.text.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses statements and the text between them. */
final class StatementParser {
    private static final Set<String> REFUSED =
            Set.of("include", "import", "from", "extends", "block", "autoescape", "do", "trans", "debug");

    private final Parsing parsing;
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private boolean inLoop;

    StatementParser(Parsing parsing) {
        this.parsing = parsing;
        this.tokens = parsing.tokens();
        this.expressions = new ExpressionParser(parsing);
        this.targets = new TargetParser(parsing);
    }

    Statement.Block template() {
        var body = statements();
        parsing.finish();
        return body;
    }

    /** Statements up to one of the names that end them, which is then the current token. */
    private Statement.Block statements(String... ends) {
        var statements = new ArrayList<Statement>();
        while (!tokens.current().is(Kind.END)) {
            var token = tokens.next();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Data(token.text()));
                case VARIABLE_BEGIN -> {
                    statements.add(new Statement.Print(expressions.tuple(true, false), token.line()));
                    tokens.expect(Kind.VARIABLE_END);
                }
                case BLOCK_BEGIN -> {
                    if (isEnd(ends)) {
                        return new Statement.Block(List.copyOf(statements));
                    }
                    parsing.enter();
                    statements.add(statement());
                    parsing.leave();
                    tokens.expect(Kind.BLOCK_END);
                }
                case NAME, STRING, INTEGER, FLOAT, OPERATOR, BLOCK_END, VARIABLE_END, END ->
                    throw Lexer.invalid(token.line(), "unexpected " + token.describe());
            }
        }
        if (ends.length > 0) {
            throw tokens.fail("Unexpected end of template. Looking for '" + String.join("' or '", ends) + "'.");
        }
        return new Statement.Block(List.copyOf(statements));
    }

    private boolean isEnd(String... ends) {
        for (var end : ends) {
            if (tokens.current().isName(end)) {
                return true;
            }
        }
        return false;
    }

    private Statement.Block body(String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Kind.BLOCK_END);
        return statements(ends);
    }

    /** A body with a scope in the current frame, up to {@code end}, which is consumed. */
    private Statement.Scoped scopedBody(Scope scope, String end) {
        var outer = parsing.open(scope);
        var soft = parsing.conditional(false);
        var body = body(end);
        tokens.next();
        parsing.conditional(soft);
        parsing.open(outer);
        return new Statement.Scoped(body, scope.firstSlot(), scope.shape().size());
    }

    private Statement statement() {
        var token = tokens.expect(Kind.NAME);
        var line = token.line();
        return switch (token.text()) {
            case "if" -> ifStatement(line);
            case "for" -> forStatement(line);
            case "set" -> set(line);
            case "macro" -> macro();
            case "call" -> call(line);
            case "with" -> with(line);
            case "filter" -> filter(line);
            case "generation" -> scopedBody(parsing.scope().inner(), "endgeneration");
            case "print" -> print(line);
            case "break" -> leave(Statement.Flow.BREAK, token);
            case "continue" -> leave(Statement.Flow.CONTINUE, token);
            default ->
                throw Lexer.invalid(
                        line,
                        REFUSED.contains(token.text())
                                ? "the tag '" + token.text() + "' is not supported in chat templates"
                                : "Encountered unknown tag '" + token.text() + "'.");
        };
    }

    private Statement leave(Statement.Flow flow, Token token) {
        if (!inLoop) {
            throw Lexer.invalid(token.line(), "'" + token.text() + "' outside loop");
        }
        return new Statement.Leave(flow);
    }

    private Statement ifStatement(int firstLine) {
        var tests = new ArrayList<Expression>();
        var bodies = new ArrayList<Statement.Block>();
        var lines = new ArrayList<Integer>();
        var soft = parsing.conditional(true);
        var otherwise = new Statement.Block(List.of());
        var line = firstLine;
        while (true) {
            lines.add(line);
            tests.add(expressions.tuple(false, false));
            bodies.add(body("elif", "else", "endif"));
            var next = tokens.next();
            line = next.line();
            if (next.isName("else")) {
                otherwise = body("endif");
                tokens.next();
            }
            if (!next.isName("elif")) {
                break;
            }
        }
        parsing.conditional(soft);
        return new Statement.If(List.copyOf(tests), List.copyOf(bodies), otherwise, List.copyOf(lines));
    }

    private Statement forStatement(int line) {
        var target = targets.tuple(false, "in");
        tokens.expectName("in");
        var iterable = expressions.tuple(false, false, "recursive");
        var filter = tokens.skipName("if") ? loopFilter(target) : null;
        var recursive = tokens.skipName("recursive");
        var outer = parsing.scope();
        var scope = recursive ? outer.innerFrame() : outer.inner();
        parsing.open(scope);
        var before = parsing.startDepth();
        var soft = parsing.conditional(false);
        var loopSlot = scope.declare("loop");
        var place = targets.bind(target);
        var wasInLoop = inLoop;
        inLoop = true;
        var block = body("endfor", "else");
        inLoop = wasInLoop;
        var body = new Statement.Scoped(block, scope.firstSlot(), scope.shape().size());
        parsing.open(outer);
        var levels = parsing.levelsSince(before);
        var otherwise = tokens.next().isName("else")
                ? scopedBody(outer.inner(), "endfor")
                : new Statement.Scoped(new Statement.Block(List.of()), 0, 0);
        parsing.conditional(soft);
        return new For(
                iterable, filter, place, loopSlot, body, otherwise, recursive ? scope.shape() : null, levels, line);
    }

    private For.Filter loopFilter(TargetParser.Syntax target) {
        var outer = parsing.open(parsing.scope().inner());
        var place = targets.bind(target);
        var test = expressions.expression();
        parsing.open(outer);
        return new For.Filter(place, test);
    }

    private Statement set(int line) {
        var syntax = targets.tuple(true);
        var target = targets.bind(syntax);
        if (tokens.skipOperator("=")) {
            return new Statement.Set(target, expressions.tuple(true, false), line);
        }
        var filters = filters();
        return new Statement.Capture(target, filters, scopedBody(parsing.scope().inner(), "endset"), line);
    }

    /** Filters after an assignment without a value, each with its bar. */
    private List<Link> filters() {
        var filters = new ArrayList<Link>();
        while (tokens.skipOperator("|")) {
            filters.add(expressions.filter());
        }
        return List.copyOf(filters);
    }

    private Statement filter(int line) {
        var soft = parsing.conditional(false);
        var filters = new ArrayList<>(List.of(expressions.filter()));
        filters.addAll(filters());
        parsing.conditional(soft);
        return new Statement.FilterBlock(
                List.copyOf(filters), scopedBody(parsing.scope().inner(), "endfilter"), line);
    }

    private Statement with(int line) {
        var scope = parsing.scope().inner();
        var places = new ArrayList<Target>();
        var values = new ArrayList<Expression>();
        while (!tokens.current().is(Kind.BLOCK_END)) {
            if (!places.isEmpty()) {
                tokens.expectOperator(",");
            }
            var syntax = targets.tuple(false);
            var outer = parsing.open(scope);
            places.add(targets.bind(syntax));
            parsing.open(outer);
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(List.copyOf(places), List.copyOf(values), scopedBody(scope, "endwith"), line);
    }

    private Statement print(int line) {
        var printed = new ArrayList<Statement>();
        while (!tokens.current().is(Kind.BLOCK_END)) {
            if (!printed.isEmpty()) {
                tokens.expectOperator(",");
            }
            printed.add(new Statement.Print(expressions.expression(), line));
        }
        return new Statement.Block(List.copyOf(printed));
    }

    private Statement macro() {
        var name = targets.name();
        var slot = parsing.scope().declare(name);
        var signature = new Signature(parsing.scope().innerFrame());
        signature(signature);
        return new Statement.DefineMacro(slot, macroBody(name, signature, "endmacro"));
    }

    private Statement call(int line) {
        var signature = new Signature(parsing.scope().innerFrame());
        if (tokens.current().isOperator("(")) {
            signature(signature);
        }
        if (!(expressions.expression() instanceof Expression.Trail trail
                && trail.links().getLast() instanceof Link.Call called)) {
            throw Lexer.invalid(line, "expected call");
        }
        var callee = new Expression.Trail(
                trail.first(), trail.links().subList(0, trail.links().size() - 1));
        return new Statement.CallBlock(callee, called.passed(), macroBody("caller", signature, "endcall"), line);
    }

    /** What a macro's head says. */
    private record Signature(
            Scope scope, List<String> parameters, List<Integer> slots, List<@Nullable Expression> defaults) {
        Signature(Scope scope) {
            this(scope, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    private void signature(Signature signature) {
        var outer = parsing.open(signature.scope);
        var soft = parsing.conditional(false);
        tokens.expectOperator("(");
        var optional = false;
        while (!tokens.current().isOperator(")")) {
            if (!signature.parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            var name = targets.name();
            if (signature.parameters.contains(name)) {
                throw tokens.fail("duplicate argument '" + name + "'");
            }
            signature.parameters.add(name);
            signature.slots.add(signature.scope.declare(name));
            if (tokens.skipOperator("=")) {
                signature.defaults.add(expressions.expression());
                optional = true;
            } else if (optional) {
                throw tokens.fail("non-default argument follows default argument");
            } else {
                signature.defaults.add(null);
            }
        }
        tokens.expectOperator(")");
        parsing.conditional(soft);
        parsing.open(outer);
    }

    private MacroShape macroBody(String name, Signature signature, String end) {
        var scope = signature.scope;
        var outer = parsing.open(scope);
        var soft = parsing.conditional(false);
        var before = parsing.startDepth();
        var wasInLoop = inLoop;
        inLoop = false;
        parsing.openMacro();
        var body = body(end);
        tokens.next();
        var special = parsing.closeMacro();
        inLoop = wasInLoop;
        var levels = parsing.levelsSince(before);
        parsing.conditional(soft);
        parsing.open(outer);
        return new MacroShape(
                name,
                List.copyOf(signature.parameters),
                List.copyOf(signature.slots),
                signature.defaults,
                special("caller", special, signature),
                special("varargs", special, signature),
                special("kwargs", special, signature),
                body,
                scope.shape(),
                levels);
    }

    private static int special(String name, Set<String> used, Signature signature) {
        return used.contains(name) && !signature.parameters.contains(name) ? signature.scope.declare(name) : -1;
    }
}

package io.jynamo.text.template;

import io.jynamo.text.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses expressions with jinja2's precedences. What repeats on one level is kept flat, so only nesting costs depth. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> RESERVED = Set.of("true", "false", "none", "True", "False", "None");

    private final Parsing parsing;
    private final TokenStream tokens;

    ExpressionParser(Parsing parsing) {
        this.parsing = parsing;
        this.tokens = parsing.tokens();
    }

    static boolean isReserved(String name) {
        return RESERVED.contains(name);
    }

    Expression expression() {
        parsing.enter();
        var unknown = parsing.unknownCount();
        var line = tokens.line();
        var value = disjunction();
        var levels = 0;
        while (tokens.skipName("if")) {
            parsing.forgetUnknown(unknown);
            var before = parsing.conditional(true);
            parsing.enter();
            levels++;
            var test = disjunction();
            var otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expression.Conditional(test, value, otherwise, line);
            parsing.conditional(before);
            line = tokens.line();
        }
        for (; levels > 0; levels--) {
            parsing.leave();
        }
        parsing.leave();
        return value;
    }

    /** An expression, or several with commas between: a tuple. */
    Expression tuple(boolean withConditional, boolean parenthesised, String... endNames) {
        var elements = new ArrayList<Expression>();
        var isTuple = false;
        while (true) {
            if (!elements.isEmpty()) {
                if (!tokens.skipOperator(",")) {
                    break;
                }
                isTuple = true;
            }
            if (endsTuple(endNames)) {
                break;
            }
            elements.add(withConditional ? expression() : nested(this::disjunction));
        }
        if (!isTuple && elements.size() == 1) {
            return elements.getFirst();
        }
        if (elements.isEmpty() && !parenthesised) {
            throw tokens.fail("Expected an expression, got " + tokens.current().describe());
        }
        return new Expression.TupleDisplay(List.copyOf(elements));
    }

    private boolean endsTuple(String... endNames) {
        var token = tokens.current();
        for (var name : endNames) {
            if (token.isName(name)) {
                return true;
            }
        }
        return token.is(Kind.VARIABLE_END) || token.is(Kind.BLOCK_END) || token.isOperator(")");
    }

    private Expression nested(Supplier<Expression> parse) {
        parsing.enter();
        var expression = parse.get();
        parsing.leave();
        return expression;
    }

    private Expression disjunction() {
        return choice("or", true, this::conjunction);
    }

    private Expression conjunction() {
        return choice("and", false, this::negation);
    }

    private Expression choice(String word, boolean deciding, Supplier<Expression> operand) {
        var first = operand.get();
        if (!tokens.current().isName(word)) {
            return first;
        }
        var operands = new ArrayList<>(List.of(first));
        while (tokens.skipName(word)) {
            operands.add(operand.get());
        }
        return new Expression.Choice(deciding, List.copyOf(operands));
    }

    private Expression negation() {
        if (tokens.skipName("not")) {
            return new Expression.Not(nested(this::negation));
        }
        return comparison();
    }

    private Expression comparison() {
        var first = sum();
        var operators = new ArrayList<String>();
        var operands = new ArrayList<Expression>();
        while (true) {
            var token = tokens.current();
            if (token.is(Kind.OPERATOR) && COMPARISONS.contains(token.text())) {
                operators.add(tokens.next().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                break;
            }
            operands.add(sum());
        }
        return operators.isEmpty()
                ? first
                : new Expression.Comparisons(first, List.copyOf(operators), List.copyOf(operands));
    }

    private Expression sum() {
        return chain(this::concatenation, Operator.ADD, Operator.SUBTRACT);
    }

    private Expression concatenation() {
        var first = product();
        if (!tokens.current().isOperator("~")) {
            return first;
        }
        var operands = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            operands.add(product());
        }
        return new Expression.Concatenation(List.copyOf(operands));
    }

    private Expression product() {
        return chain(this::power, Operator.MULTIPLY, Operator.DIVIDE, Operator.FLOOR_DIVIDE, Operator.REMAINDER);
    }

    private Expression power() {
        return chain(() -> unary(true), Operator.POWER);
    }

    private Expression chain(Supplier<Expression> operand, Operator... possible) {
        var first = operand.get();
        var operators = new ArrayList<Operator>();
        var operands = new ArrayList<Expression>();
        for (var operator = operator(possible); operator != null; operator = operator(possible)) {
            operators.add(operator);
            operands.add(operand.get());
        }
        return operators.isEmpty() ? first : new Expression.Chain(first, List.copyOf(operators), List.copyOf(operands));
    }

    private @Nullable Operator operator(Operator... possible) {
        for (var operator : possible) {
            if (tokens.skipOperator(operator == Operator.POWER ? "**" : operator.pythonName())) {
                return operator;
            }
        }
        return null;
    }

    private Expression unary(boolean withFilters) {
        Expression first;
        if (tokens.current().isOperator("-") || tokens.current().isOperator("+")) {
            var negative = tokens.next().isOperator("-");
            first = new Expression.Sign(negative, nested(() -> unary(false)));
        } else {
            first = primary();
        }
        var links = new ArrayList<Link>();
        members(links);
        if (withFilters) {
            filtersAndTests(links);
        }
        return trail(first, links);
    }

    private static Expression trail(Expression first, List<Link> links) {
        return links.isEmpty() ? first : new Expression.Trail(first, List.copyOf(links));
    }

    private Expression primary() {
        var token = tokens.next();
        return switch (token.kind()) {
            case NAME ->
                switch (token.text()) {
                    case "true", "True" -> new Expression.Constant(true);
                    case "false", "False" -> new Expression.Constant(false);
                    case "none", "None" -> new Expression.Constant(null);
                    default -> parsing.name(token.text());
                };
            case STRING -> text(token.text());
            case INTEGER, FLOAT -> new Expression.Constant(token.number());
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> parenthesised();
                    case "[" -> list();
                    case "{" -> dict();
                    default -> throw Lexer.invalid(token.line(), "unexpected " + token.describe());
                };
            case DATA, BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, END ->
                throw Lexer.invalid(token.line(), "unexpected " + token.describe());
        };
    }

    /** A string with those that follow it without anything between. */
    private Expression text(String first) {
        var text = new StringBuilder(first);
        while (tokens.current().is(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return new Expression.Constant(text.toString());
    }

    private Expression parenthesised() {
        var expression = tuple(true, true);
        tokens.expectOperator(")");
        return expression;
    }

    private Expression list() {
        var elements = new ArrayList<Expression>();
        while (!tokens.current().isOperator("]")) {
            if (!elements.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (tokens.current().isOperator("]")) {
                break;
            }
            elements.add(expression());
        }
        tokens.expectOperator("]");
        return new Expression.ListDisplay(List.copyOf(elements));
    }

    private Expression dict() {
        var keys = new ArrayList<Expression>();
        var values = new ArrayList<Expression>();
        while (!tokens.current().isOperator("}")) {
            if (!keys.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (tokens.current().isOperator("}")) {
                break;
            }
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
        }
        tokens.expectOperator("}");
        return new Expression.DictDisplay(List.copyOf(keys), List.copyOf(values));
    }

    /** Attributes, elements and calls. */
    private void members(List<Link> links) {
        while (true) {
            if (tokens.skipOperator(".")) {
                var token = tokens.next();
                switch (token.kind()) {
                    case NAME -> links.add(new Link.Attribute(token.text()));
                    case INTEGER -> links.add(new Link.Item(new Expression.Constant(token.number())));
                    default -> throw Lexer.invalid(token.line(), "expected name or number");
                }
            } else if (tokens.skipOperator("[")) {
                links.add(subscript());
            } else if (tokens.current().isOperator("(")) {
                links.add(new Link.Call(passed()));
            } else {
                return;
            }
        }
    }

    private Link subscript() {
        var elements = new ArrayList<Expression>();
        var isTuple = false;
        while (!tokens.current().isOperator("]")) {
            if (!elements.isEmpty()) {
                tokens.expectOperator(",");
                isTuple = true;
            }
            var start = tokens.current().isOperator(":") ? null : expression();
            if (tokens.current().isOperator(":")) {
                if (!elements.isEmpty()) {
                    throw tokens.fail("a slice cannot stand in a tuple");
                }
                return slice(start);
            }
            elements.add(java.util.Objects.requireNonNull(start));
        }
        tokens.expectOperator("]");
        return new Link.Item(
                isTuple || elements.isEmpty()
                        ? new Expression.TupleDisplay(List.copyOf(elements))
                        : elements.getFirst());
    }

    private Link slice(@Nullable Expression start) {
        tokens.expectOperator(":");
        var stop = tokens.current().isOperator(":") || tokens.current().isOperator("]") ? null : expression();
        var step = tokens.skipOperator(":") && !tokens.current().isOperator("]") ? expression() : null;
        tokens.expectOperator("]");
        return new Link.Slice(start, stop, step);
    }

    Link.Passed passed() {
        tokens.expectOperator("(");
        var positional = new ArrayList<Expression>();
        var names = new ArrayList<String>();
        var named = new ArrayList<Expression>();
        Expression more = null;
        Expression moreNamed = null;
        while (!tokens.current().isOperator(")")) {
            if (!positional.isEmpty() || !named.isEmpty() || more != null || moreNamed != null) {
                tokens.expectOperator(",");
                if (tokens.current().isOperator(")")) {
                    break;
                }
            }
            ensure(moreNamed == null);
            if (tokens.skipOperator("*")) {
                ensure(more == null);
                more = expression();
            } else if (tokens.skipOperator("**")) {
                moreNamed = expression();
            } else if (tokens.current().is(Kind.NAME) && tokens.look().isOperator("=")) {
                var name = tokens.next().text();
                tokens.next();
                if (names.contains(name)) {
                    throw tokens.fail("keyword argument repeated: " + name);
                }
                names.add(name);
                named.add(expression());
            } else {
                ensure(more == null && named.isEmpty());
                positional.add(expression());
            }
        }
        tokens.expectOperator(")");
        var nothing = positional.isEmpty() && named.isEmpty() && more == null && moreNamed == null;
        return nothing
                ? Link.Passed.NOTHING
                : new Link.Passed(List.copyOf(positional), List.copyOf(names), List.copyOf(named), more, moreNamed);
    }

    private void ensure(boolean valid) {
        if (!valid) {
            throw tokens.fail("invalid syntax for function call expression");
        }
    }

    private void filtersAndTests(List<Link> links) {
        while (true) {
            if (tokens.skipOperator("|")) {
                links.add(filter());
            } else if (tokens.skipName("is")) {
                test(links);
            } else if (tokens.current().isOperator("(")) {
                links.add(new Link.Call(passed()));
            } else {
                return;
            }
        }
    }

    /** The filter whose name comes next. */
    Link filter() {
        var line = tokens.line();
        var name = dottedName();
        var filter = FilterTable.find(name);
        if (filter == null) {
            parsing.reportUnknown("No filter named " + Representation.of(name) + ".", line);
        }
        return new Link.Filter(name, filter, tokens.current().isOperator("(") ? passed() : Link.Passed.NOTHING);
    }

    private String dottedName() {
        var name = new StringBuilder(tokens.expect(Kind.NAME).text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME).text());
        }
        return name.toString();
    }

    private void test(List<Link> links) {
        var negated = tokens.skipName("not");
        var line = tokens.line();
        var name = dottedName();
        var test = TestTable.find(name);
        if (test == null) {
            parsing.reportUnknown("No test named " + Representation.of(name) + ".", line);
        }
        links.add(new Link.Test(name, test, negated, testPassed()));
    }

    private Link.Passed testPassed() {
        var token = tokens.current();
        if (token.isOperator("(")) {
            return passed();
        }
        var startsValue = switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            case DATA, BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, END -> false;
        };
        if (!startsValue) {
            return Link.Passed.NOTHING;
        }
        if (token.isName("is")) {
            throw tokens.fail("You cannot chain multiple tests with is");
        }
        var first = primary();
        var links = new ArrayList<Link>();
        members(links);
        return new Link.Passed(List.of(trail(first, links)), List.of(), List.of(), null, null);
    }
}

package io.jynamo.text.template;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.ChatTemplate;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed template, ready to render. */
final class CompiledTemplate implements ChatTemplate {
    private final Statement.Block body;
    private final Scope.Shape shape;
    private final TemplateLimits limits;
    private final Clock clock;

    private CompiledTemplate(Statement.Block body, Scope.Shape shape, TemplateLimits limits, Clock clock) {
        this.body = body;
        this.shape = shape;
        this.limits = limits;
        this.clock = clock;
    }

    static CompiledTemplate parse(String source, TemplateLimits limits, Clock clock) {
        if (source.length() > limits.sourceChars()) {
            throw new JynamoException(
                    ErrorCode.TEMPLATE_INVALID,
                    "The chat template has " + source.length() + " chars, more than " + limits.sourceChars());
        }
        var parsing = new Parsing(new TokenStream(new Lexer(source).tokens()), limits.nesting());
        var body = new StatementParser(parsing).template();
        return new CompiledTemplate(body, parsing.scope().shape(), limits, clock);
    }

    @Override
    public String render(Map<String, ? extends @Nullable Object> variables) {
        var rendering = new Rendering(variables, limits, clock);
        try {
            body.run(new Frame(rendering, null, shape.size()));
            return rendering.output();
        } catch (TemplateFailure failure) {
            throw failed(failure, rendering.line());
        } catch (StackOverflowError _) {
            throw failed(
                    new TemplateFailure("RecursionError", "the template or its data nests too deep for this thread"),
                    rendering.line());
        }
    }

    private static JynamoException failed(TemplateFailure failure, int line) {
        var message = failure.pythonClass().equals("TemplateError")
                ? failure.words()
                : "The chat template failed near line " + line + ": " + failure.pythonClass() + ": " + failure.words();
        return new JynamoException(ErrorCode.TEMPLATE_FAILED, message, failure);
    }
}

package io.jynamo.text.template;

/**
 * What stopped a render, in Python's terms; the cause of a TEMPLATE_FAILED. {@code TemplateError} means that the template
 * called raise_exception, {@code LimitError} that it passed a {@link TemplateLimits}.
 */
public final class TemplateFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String pythonClass;
    private final String words;

    TemplateFailure(String pythonClass, String message) {
        super(message, null, false, false);
        this.words = message;
        this.pythonClass = pythonClass;
    }

    /** The exception class that Python's jinja2 raises here, without its module. */
    public String pythonClass() {
        return pythonClass;
    }

    /** The message, as Python or the template words it. */
    public String words() {
        return words;
    }

    static TemplateFailure type(String message) {
        return new TemplateFailure("TypeError", message);
    }

    static TemplateFailure value(String message) {
        return new TemplateFailure("ValueError", message);
    }

    static TemplateFailure undefined(String message) {
        return new TemplateFailure("UndefinedError", message);
    }

    static TemplateFailure security(String message) {
        return new TemplateFailure("SecurityError", message);
    }

    static TemplateFailure limit(String message) {
        return new TemplateFailure("LimitError", message);
    }
}

/**
 * Chat templates: a Jinja of our own with Python's semantics, sandboxed and bounded. {@link
 * io.jynamo.text.template.ChatTemplates} compiles and finds them, {@link io.jynamo.text.template.ChatPrompt} prepares a
 * request's messages for them. Pure.
 *
 * <p>How it works: {@code Lexer} cuts the source into tokens, {@code StatementParser} and {@code ExpressionParser} build a
 * tree of {@code Statement} and {@code Expression} nodes that run themselves over a {@code Frame}, and a {@code Rendering}
 * holds the output and the budgets of one render. Values are what JSON gives plus the few Python kinds templates meet:
 * {@code Tuple}, {@code Range}, {@code Lazy}, {@code DictView}, {@code Undefined} and what can be called.
 */
@NullMarked
package io.jynamo.text.template;

import org.jspecify.annotations.NullMarked;

/** What people write grammars in: regular expressions of Python and ECMAScript, EBNF of llama.cpp and Lark. Pure. */
@NullMarked
package io.jynamo.text.grammar.syntax;

import org.jspecify.annotations.NullMarked;

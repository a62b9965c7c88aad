/**
 * Text in and out of token ids: tokenizers, chat templates, incremental detokenizing, stop matching. Pure; reads model files and nothing else.
 */
@NullMarked
package io.jynamo.text;

import org.jspecify.annotations.NullMarked;

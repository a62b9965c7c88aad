/**
 * The page at {@code /}: chat and fleet in a browser, as files of the class path.
 */
@NullMarked
package io.jynamo.frontend.page;

import org.jspecify.annotations.NullMarked;

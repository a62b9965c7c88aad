/** Files that clients upload and batches write, in a folder: bounded, owned, and there again after a crash. */
@NullMarked
package io.jynamo.frontend.files;

import org.jspecify.annotations.NullMarked;

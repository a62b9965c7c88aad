/** Stand-ins for the rooms below the frontend: small, honest and scriptable. */
@NullMarked
package io.jynamo.frontend.fake;

import org.jspecify.annotations.NullMarked;

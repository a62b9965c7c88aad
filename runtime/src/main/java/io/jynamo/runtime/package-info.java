/** Processes that find each other and call each other: sessions, discovery, leases. Knows no model and no client. */
@NullMarked
package io.jynamo.runtime;

import org.jspecify.annotations.NullMarked;

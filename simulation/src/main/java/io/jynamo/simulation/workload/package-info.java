/** What is asked of a fleet and when: traces of others, and seeded generators. */
@NullMarked
package io.jynamo.simulation.workload;

import org.jspecify.annotations.NullMarked;

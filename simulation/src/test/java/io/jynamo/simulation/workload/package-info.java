@NullMarked
package io.jynamo.simulation.workload;

import org.jspecify.annotations.NullMarked;

/** What commands can be told, by subject: the settings of each and the record they are read into. */
@NullMarked
package io.jynamo.cli.settings;

import org.jspecify.annotations.NullMarked;

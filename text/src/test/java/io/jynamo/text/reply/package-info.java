@org.jspecify.annotations.NullMarked
package io.jynamo.text.reply;

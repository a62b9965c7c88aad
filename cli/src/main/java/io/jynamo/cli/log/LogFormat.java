package io.jynamo.cli.log;

/** How a log record is written. */
public enum LogFormat {
    TEXT,
    JSON
}

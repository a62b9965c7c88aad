package io.jynamo.engine.attached;

/**
 * One server-sent event.
 *
 * @param name its type; empty where the server gave none
 * @param data its lines, joined by line feeds
 */
public record SseEvent(String name, String data) {}

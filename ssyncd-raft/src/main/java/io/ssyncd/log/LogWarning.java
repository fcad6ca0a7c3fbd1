package io.ssyncd.log;

/**
 * Something about this member's log that an operator should look at.
 *
 * @param code stable, for scripts: lower-case words joined by hyphens
 * @param text for people: what is wrong and what to do
 */
public record LogWarning(String code, String text) {}

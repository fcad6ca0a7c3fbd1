package io.ssyncd.node;

/**
 * Something an operator should look at.
 *
 * @param code stable, for scripts: lower-case words joined by hyphens, such as {@code two-nodes}
 * @param text for people: what is wrong and what to do
 */
public record Warning(String code, String text) {}

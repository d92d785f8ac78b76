// @ts-check
// Text of others, made fit to be shown: as the program prints it in a terminal.

/**
 * C0 and C1 controls, line separators, bidirectional controls, characters without width, tags: the ranges of
 * `explain/text/escape.rs`; a test compares the two.
 */
const HIDDEN = /[\u{0}-\u{1f}\u{7f}-\u{9f}\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/gu;

/** @type {Record<string, string>} */
const SHORT = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Escapes whatever would turn the direction of writing, or not be seen: U+200B becomes `\u{200b}`.
 * @param {string} text
 */
export function escapeControls(text) {
  return text.replace(HIDDEN, (c) => SHORT[c] ?? `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

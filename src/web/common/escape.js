// @ts-check
// Text of others, made fit to be shown: as the program prints it in a terminal.

/**
 * C0 and C1 controls, line separators, bidirectional controls, characters without width, fillers, selectors, tags: those of
 * `explain/text/escape.rs`; a test compares the two.
 */
const HIDDEN = /[\u{0}-\u{1f}\u{7f}-\u{9f}\u{ad}\u{34f}\u{61c}\u{115f}-\u{1160}\u{17b4}-\u{17b5}\u{180b}-\u{180f}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{3164}\u{fe00}-\u{fe0f}\u{feff}\u{ffa0}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]/gu;

/** @type {Record<string, string>} */
const SHORT = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Escapes whatever would turn the direction of writing, or not be seen: U+200B becomes `\u{200b}`.
 * @param {string} text
 */
export function escapeControls(text) {
  return text.replace(HIDDEN, (c) => SHORT[c] ?? `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

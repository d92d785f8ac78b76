//! As much of Rust's grammar as the rules need: what is code, and which paths it names.

/// The text with comments and the insides of literals blanked. Bytes keep their places, and lines their numbers.
pub(super) fn code(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let (skip, blank) = match &bytes[at..] {
            [b'/', b'/', ..] => {
                let len = line_len(&bytes[at..]);
                (len, 0..len)
            }
            [b'/', b'*', ..] => {
                let len = block_len(&bytes[at..]);
                (len, 0..len)
            }
            [b'"', ..] => quoted(&bytes[at..], b'"'),
            [b'r', b'"' | b'#', ..] if !at_word(bytes, at) => raw(&bytes[at..]),
            [b'b' | b'c', b'r', b'"' | b'#', ..] if !at_word(bytes, at) => {
                let (len, inside) = raw(&bytes[at + 1..]);
                (len + 1, inside.start + 1..inside.end + 1)
            }
            // A character, not a lifetime: `'x'` or `'\…'`.
            [b'\'', b'\\', ..] => quoted(&bytes[at..], b'\''),
            [b'\'', rest @ ..] if char_len(rest).is_some_and(|len| rest.get(len) == Some(&b'\'')) => {
                quoted(&bytes[at..], b'\'')
            }
            _ => (1, 0..0),
        };
        for byte in &mut out[at + blank.start..at + blank.end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at += skip;
    }
    String::from_utf8(out).expect("only whole characters are blanked")
}

type Span = (usize, std::ops::Range<usize>);

/// Whether the byte at `at` goes on with a word: `r` in `for"` begins no raw string.
fn at_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && is_word(bytes[at - 1])
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn line_len(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len())
}

/// Block comments nest.
fn block_len(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    bytes.len()
}

fn quoted(bytes: &[u8], quote: u8) -> Span {
    let mut at = 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    let end = at.min(bytes.len());
    ((end + 1).min(bytes.len()), 1..end)
}

/// `r"…"`, `r#"…"#` and so on; `r#word` is not one.
fn raw(bytes: &[u8]) -> Span {
    let hashes = bytes[1..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(1 + hashes) != Some(&b'"') {
        return (1, 0..0);
    }
    let begin = hashes + 2;
    let end = [b"\"", &*b"#".repeat(hashes)].concat();
    let inside = bytes[begin..].windows(end.len()).position(|window| window == end);
    let inside = inside.unwrap_or(bytes.len().saturating_sub(begin + end.len()));
    (begin + inside + end.len(), begin..begin + inside)
}

/// The length of the UTF-8 character that `bytes` begins with.
fn char_len(bytes: &[u8]) -> Option<usize> {
    Some(match bytes.first()? {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    })
}

/// A path that the code names, as `crate::wire::Side`, where it begins in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedPath<'c> {
    pub(super) segments: Vec<&'c str>,
    pub(super) offset: usize,
}

/// All paths of two segments or more, and single words, with `use` groups written out: `a::{b, c::d}` is `a::b` and
/// `a::c::d`. `code` must come from [`code`].
pub(super) fn paths(code: &str) -> Vec<NamedPath<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < code.len() {
        match word_len(&code[at..]) {
            0 => at += code[at..].chars().next().map_or(1, char::len_utf8),
            _ => at = path(code, at, &mut Vec::new(), &mut found),
        }
    }
    found
}

/// Reads a path that begins at `at` and goes on from `before`; gives the place after it.
fn path<'c>(code: &'c str, at: usize, before: &mut Vec<&'c str>, found: &mut Vec<NamedPath<'c>>) -> usize {
    let depth = before.len();
    let mut end = at;
    loop {
        end += word_len(&code[end..]);
        before.push(&code[end - word_len_back(&code[..end])..end]);
        let next = end + blank_len(&code[end..]);
        let Some(rest) = code[next..].strip_prefix("::") else { break };
        let next = next + 2 + blank_len(rest);
        if code[next..].starts_with('{') {
            end = group(code, next + 1, before, found);
            before.truncate(depth);
            return end;
        }
        if word_len(&code[next..]) == 0 {
            // `::<` of a generic, or `::*`.
            break;
        }
        end = next;
    }
    found.push(NamedPath { segments: before.clone(), offset: at });
    before.truncate(depth);
    end
}

/// Reads the inside of `{…}` after `before::`.
fn group<'c>(
    code: &'c str,
    mut at: usize,
    before: &mut Vec<&'c str>,
    found: &mut Vec<NamedPath<'c>>,
) -> usize {
    while at < code.len() {
        match code.as_bytes()[at] {
            b'}' => return at + 1,
            _ if word_len(&code[at..]) > 0 => at = path(code, at, before, found),
            _ => at += code[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    at
}

fn word_len(code: &str) -> usize {
    code.bytes().take_while(|byte| is_word(*byte)).count()
}

fn word_len_back(code: &str) -> usize {
    code.bytes().rev().take_while(|byte| is_word(*byte)).count()
}

fn blank_len(code: &str) -> usize {
    code.bytes().take_while(u8::is_ascii_whitespace).count()
}

#[test]
fn comments_and_literals_are_no_code() {
    for (text, left) in [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ \n d */ e", "a              \n      e"),
        (r#"a("b \" c") d"#, r#"a("      ") d"#),
        (r##"r#"a " b"# c"##, r##"r#"     "# c"##),
        (r#"br"a\" b"#, r#"br"  " b"#),
        ("for\"x\"", "for\" \""),
        (r"'a' '\'' '\u{1F}' b", r"' ' '  ' '      ' b"),
        ("'é' x", "'  ' x"),
        ("<'a, 'b> r#type", "<'a, 'b> r#type"),
    ] {
        assert_eq!(code(text), left, "{text}");
    }
}

#[test]
fn paths_are_written_out() {
    let found = |text| -> Vec<String> { paths(text).iter().map(|path| path.segments.join("::")).collect() };
    assert_eq!(
        found("use crate::{rfc::Rfc, wire::{self, ws::*}};"),
        ["use", "crate::rfc::Rfc", "crate::wire::self", "crate::wire::ws"]
    );
    assert_eq!(found("a :: b::<c::d>(e)"), ["a::b", "c::d", "e"]);
    assert_eq!(found("impl super::super::X for Y {}"), ["impl", "super::super::X", "for", "Y"]);
    assert_eq!(paths("é crate::a")[0].offset, 3);
}

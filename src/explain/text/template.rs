//! Texts with named placeholders: `{frame}` stands for the value of that name.

use std::fmt::{Display, Write as _};

use super::agreement::{begins_clause, is_one_of_noun, push_agreeing, singular};

/// Text with each placeholder replaced by the value of its name; nothing stands for a name without a value. A noun that
/// follows a 1 is in the singular, and so is the verb of a clause that begins with it.
pub(in crate::explain) fn fill<D: Display>(template: &str, value: impl Fn(&str) -> Option<D>) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    // A subject in the singular waits for its verb.
    let mut has_subject = false;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if has_subject {
            has_subject = push_agreeing(before, &mut filled);
        } else {
            filled.push_str(before);
        }
        let start = filled.len();
        if let Some(value) = value(name) {
            let _ = write!(filled, "{value}");
        }
        rest = after;
        let value = &filled[start..];
        if !value.starts_with('1') {
            continue;
        }
        let noun = if value == "1" { singular(after) } else { None };
        if noun.is_some() || is_one_of_noun(value) || (value == "1" && after.starts_with(" of ")) {
            has_subject |= begins_clause(&filled[..start]);
        }
        if let Some((adjective, noun, after)) = noun {
            filled.push_str(adjective);
            filled.push_str(noun);
            rest = after;
        }
    }
    if has_subject {
        push_agreeing(rest, &mut filled);
    } else {
        filled.push_str(rest);
    }
    filled
}

/// Names of a text's placeholders, each as often as it occurs.
pub(in crate::explain) fn names(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).map(|after| after.split_once('}').map_or(after, |(name, _)| name))
}

/// Returns `true` if the placeholders of a text are these names: each of them occurs, and no other. For the compiler,
/// which checks each table with it.
pub(in crate::explain) const fn has_exactly(template: &str, names: &[&str]) -> bool {
    let text = template.as_bytes();
    let mut from = 0;
    while let Some((start, end)) = placeholder(text, from) {
        let mut is_known = false;
        let mut place = 0;
        while place < names.len() {
            is_known |= is_at(text, start, end, names[place].as_bytes());
            place += 1;
        }
        if !is_known {
            return false;
        }
        from = end + 1;
    }
    let mut place = 0;
    while place < names.len() {
        if !uses(text, names[place].as_bytes()) {
            return false;
        }
        place += 1;
    }
    true
}

/// Returns `true` if two texts have placeholders of the same names.
pub(in crate::explain) const fn have_same_names(one: &str, other: &str) -> bool {
    has_all_of(one.as_bytes(), other.as_bytes()) && has_all_of(other.as_bytes(), one.as_bytes())
}

/// Returns `true` if a text has each placeholder of another.
const fn has_all_of(text: &[u8], other: &[u8]) -> bool {
    let mut from = 0;
    while let Some((start, end)) = placeholder(other, from) {
        if !uses(text, other.split_at(end).0.split_at(start).1) {
            return false;
        }
        from = end + 1;
    }
    true
}

const fn uses(text: &[u8], name: &[u8]) -> bool {
    let mut from = 0;
    while let Some((start, end)) = placeholder(text, from) {
        if is_at(text, start, end, name) {
            return true;
        }
        from = end + 1;
    }
    false
}

/// Start of the next placeholder's name, and place of its `}`. A name is of small letters, digits and `_`.
const fn placeholder(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut start = from;
    while start < text.len() && text[start] != b'{' {
        assert!(text[start] != b'}', "a closing brace has no opening one");
        start += 1;
    }
    if start == text.len() {
        return None;
    }
    start += 1;
    let mut end = start;
    while text[end] != b'}' {
        assert!(matches!(text[end], b'a'..=b'z' | b'0'..=b'9' | b'_'), "a placeholder has no name");
        end += 1;
    }
    assert!(end > start && text[start].is_ascii_lowercase(), "a placeholder has no name");
    Some((start, end))
}

const fn is_at(text: &[u8], start: usize, end: usize, name: &[u8]) -> bool {
    if name.len() != end - start {
        return false;
    }
    let mut place = 0;
    while place < name.len() {
        if text[start + place] != name[place] {
            return false;
        }
        place += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_placeholder_is_replaced_by_the_value_of_its_name() {
        let value = |name: &str| [("frame", 7), ("packet", 12)].into_iter().find(|(it, _)| *it == name);
        let filled = |template| fill(template, |name| value(name).map(|(_, value)| value));
        assert_eq!(filled("{packet}: frame {frame} of {packet}"), "12: frame 7 of 12");
        assert_eq!(filled("no value, {other} no text"), "no value,  no text");
        assert_eq!(filled("连接 {frame}"), "连接 7");
        assert_eq!(filled(""), "");
    }

    #[test]
    fn names_that_are_missing_or_too_many_are_noticed() {
        assert!(has_exactly("{a} of {b}, {a}", &["a", "b"]));
        assert!(has_exactly("none", &[]));
        assert!(!has_exactly("{a}", &["a", "b"]), "b is not used");
        assert!(!has_exactly("{a} {b}", &["a"]), "b is not known");
        assert!(!has_exactly("{ab}", &["a"]));
        assert!(have_same_names("{a} {b}", "{b} {a} {b}"));
        assert!(!have_same_names("{a}", "{a} {b}"));
        assert!(!have_same_names("{a} {b}", "{a}"));
        assert_eq!(names("{a} of {b}, {a}").collect::<Vec<_>>(), ["a", "b", "a"]);
    }

    #[test]
    #[should_panic(expected = "a placeholder has no name")]
    fn a_placeholder_needs_a_name() {
        has_exactly("{} of {}", &[]);
    }
}

//! Text in columns. Widths are those of a terminal, where a Chinese character takes two columns.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Text cut to so many columns, with `…` if it is longer.
pub(in crate::explain) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut taken = String::new();
    let mut width = 0;
    for character in text.chars() {
        let more = character.width().unwrap_or(0);
        if width + more + 1 > columns {
            break;
        }
        width += more;
        taken.push(character);
    }
    taken.push('…');
    taken
}

/// Text in lines of at most so many columns, broken at spaces and between Chinese characters, and within what is longer
/// than a line.
pub(in crate::explain) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = vec![String::new()];
    let mut word = String::new();
    let mut put = |word: &mut String| {
        let line = lines.last_mut().expect("one is there");
        let width = word.trim_end().width();
        if line.width() + width <= columns {
            line.push_str(word);
        } else {
            line.truncate(line.trim_end().len());
            let mut rows = pieces(word.trim_end(), columns, usize::MAX);
            rows.last_mut().expect("one is there").push_str(&word[word.trim_end().len()..]);
            if line.is_empty() {
                *line = rows.remove(0);
            }
            lines.append(&mut rows);
        }
        word.clear();
    };
    let no_break_before = |character: char| "，。；：、）！？".contains(character);
    for character in text.chars() {
        if character.width() == Some(2) && !no_break_before(character) {
            put(&mut word);
        }
        word.push(character);
        if character == ' ' {
            put(&mut word);
        }
    }
    put(&mut word);
    let last = lines.last_mut().expect("one is there");
    last.truncate(last.trim_end().len());
    lines
}

/// Text in pieces of at most so many columns, at most so many pieces; what is beyond is cut off with `…`.
pub(in crate::explain) fn pieces(text: &str, columns: usize, most: usize) -> Vec<String> {
    let text = cut(text, columns.saturating_mul(most));
    let mut pieces = vec![String::new()];
    let mut width = 0;
    for character in text.chars() {
        let more = character.width().unwrap_or(0);
        if width + more > columns {
            pieces.push(String::new());
            width = 0;
        }
        width += more;
        pieces.last_mut().expect("one is there").push(character);
    }
    pieces
}

/// Text filled up with spaces to so many columns.
pub(in crate::explain) fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// Text filled up with spaces on its left.
pub(in crate::explain) fn pad_left(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(missing))
}

/// Text in the middle of a row.
pub(in crate::explain) fn centred(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(missing / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_is_two_columns_wide() {
        assert_eq!(pad("连接", 6), "连接  ");
        assert_eq!(cut("当前连接人数", 7), "当前连…");
        assert_eq!(cut("short", 5), "short");
    }

    #[test]
    fn lines_break_at_spaces_and_between_chinese_characters() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("建立连接，三次", 8), ["建立连", "接，三次"]);
        assert_eq!(wrapped("", 8), [""]);
        assert_eq!(wrapped("ab abcdefgh c", 4), ["ab", "abcd", "efgh", "c"]);
        assert_eq!(wrapped("连，接", 3), ["连", "，", "接"]);
    }

    #[test]
    fn long_lines_are_cut_in_pieces() {
        assert_eq!(pieces("abcdef", 4, 2), ["abcd", "ef"]);
        assert_eq!(pieces("当前连接", 5, 9), ["当前", "连接"]);
        assert_eq!(pieces(&"x".repeat(99), 10, 2), ["x".repeat(10), "x".repeat(9) + "…"]);
        assert_eq!(pieces("", 10, 2), [""]);
    }
}

//! The heads of the opening handshake line by line, and the accept key computed step by step.

use unicode_width::UnicodeWidthStr as _;

use super::Remarks;
use crate::explain::narrative::accept_steps::AcceptSteps;
use crate::explain::text::{Label, Language, escape_controls, pad, pieces, wrapped};
use crate::observe::{Head, Request, Response};

/// The most lines of a head that are shown.
const MOST_LINES: usize = 40;

/// In how many rows at most a long line is broken.
const MOST_ROWS: usize = 4;

/// Columns of the names of steps.
const STEPS: usize = 20;

fn lines(first: String, head: &Head, columns: usize, language: Language) -> Vec<String> {
    let line = |(name, value): &(String, Vec<u8>)| format!("{name}: {}", String::from_utf8_lossy(value));
    let shown = std::iter::once(first).chain(head.lines.iter().take(MOST_LINES).map(line));
    let mut all = Vec::new();
    for line in shown {
        let rows = pieces(&escape_controls(&line), columns - 4, MOST_ROWS);
        all.extend(rows.iter().enumerate().map(|(place, row)| match place {
            0 => format!("│ {row}"),
            _ => format!("│   {row}"),
        }));
    }
    if let Some(more @ 1..) = head.lines.len().checked_sub(MOST_LINES) {
        all.push(format!("│ {}", Label::LinesFolded.fill(language, &[&more])));
    }
    all
}

/// A request's head, in so many columns.
pub(super) fn request(request: &Request, columns: usize, language: Language) -> Vec<String> {
    let first = format!("{} {} {}", request.method, request.target, request.version);
    lines(first, &request.head, columns, language)
}

/// A response's head, in so many columns, and for a 101 what its key is computed from: that is left out in brief.
pub(super) fn response(
    response: &Response,
    columns: usize,
    remarks: Remarks,
    language: Language,
) -> Vec<String> {
    let first = format!("{} {} {}", response.version, response.status.0, response.phrase);
    let mut all = lines(first, &response.head, columns, language);
    let Some(upgrade) = response.upgrade.as_ref().filter(|_| remarks == Remarks::All) else { return all };
    let Some(AcceptSteps { steps, command }) = AcceptSteps::of(upgrade, language) else { return all };
    let title = wrapped(Label::AcceptTitle.text(language), columns - 2);
    all.extend(
        title
            .iter()
            .zip(std::iter::once("±").chain(std::iter::repeat(" ")))
            .map(|(line, sign)| format!("{sign} {line}")),
    );
    for (label, value) in steps {
        for (place, row) in wrapped(&value, columns - 2 - STEPS).iter().enumerate() {
            let label = if place == 0 { label.text(language) } else { "" };
            all.push(format!("  {}{row}", pad(label, STEPS)));
        }
    }
    if let Some(command) = command {
        let label = Label::AcceptTry.text(language);
        if command.width() <= columns - 2 - STEPS {
            all.push(format!("  {}{command}", pad(label, STEPS)));
        } else {
            all.push(format!("  {label}"));
            all.extend(shell_lines(&command, columns - 4).into_iter().map(|line| format!("    {line}")));
        }
    }
    all
}

/// A command in lines that a shell reads as one, broken between its words.
fn shell_lines(command: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in command.split(' ') {
        let line = lines.last_mut().expect("one is there");
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + word.width() + 3 <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            line.push_str(" \\");
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_broken_where_a_shell_goes_on() {
        assert_eq!(shell_lines("printf %s 'ab' | wc -c", 14), ["printf %s \\", "'ab' | wc -c"]);
        assert_eq!(shell_lines("printf %s 'ab' | wc -c", 40), ["printf %s 'ab' | wc -c"]);
    }
}

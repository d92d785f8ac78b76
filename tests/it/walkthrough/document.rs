//! A document with output in it: each block says by which command it was made, and which lines of that it shows.
//!
//! ````text
//! <!-- shows `SYN seq=0` to `ACK seq=1`, `Verdict` -->
//! ```console
//! $ wirewalk explain captures/08_close.pcapng
//! …
//! ```
//! <!-- draws wirewalk explain captures/08_close.pcapng --mermaid -->
//! ```mermaid
//! ```
//! ```sh
//! wirewalk serve
//! ```
//! > **Wireshark** `captures/08_close.pcapng` `tcp.flags.fin == 1`
//! ````
//!
//! A range is from the next line that has the first text in it to the next that has the second; `shows all` is
//! everything. Whatever lies between two ranges is a line `…`. Blocks of `sh` are commands without their output.

/// In the place of lines that are left out.
const ELISION: &str = "…";

/// From a line with the first text to one with the second, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    from: String,
    to: Option<String>,
}

#[derive(Debug)]
pub(super) enum Block {
    /// A line outside of the others.
    Text(String),
    /// A command and parts of what it prints; all, where there are no ranges.
    Shows { mark: String, ranges: Vec<Range>, command: String },
    /// A diagram, and the command that draws it.
    Draws(String),
    /// Commands without their output.
    Commands(String),
}

impl Block {
    /// What must be the same in every language.
    pub(super) fn outline(&self) -> String {
        match self {
            Self::Text(_) => String::new(),
            Self::Shows { command, .. } => format!("shows {command}"),
            Self::Draws(command) => format!("draws {command}"),
            // A comment is in the reader's language.
            Self::Commands(lines) => lines
                .lines()
                .map(|line| line.split_once(" # ").map_or(line, |(command, _)| command).trim_end())
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    pub(super) fn commands(&self) -> Option<&str> {
        if let Self::Commands(lines) = self { Some(lines) } else { None }
    }
}

#[derive(Debug)]
pub(super) struct Document(Vec<Block>);

impl Document {
    /// # Errors
    /// If a block does not say what it shows, or does not end.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut blocks = Vec::new();
        let mut lines = text.lines();
        let mut mark: Option<&str> = None;
        while let Some(line) = lines.next() {
            let comment = line.strip_prefix("<!-- ").and_then(|it| it.strip_suffix(" -->"));
            if comment.is_some_and(|it| it.starts_with("shows ") || it.starts_with("draws ")) {
                mark = comment;
                continue;
            }
            let Some(kind) = line.strip_prefix("```") else {
                blocks.push(Block::Text(line.to_owned()));
                continue;
            };
            let mut body = Vec::new();
            loop {
                let line = lines.next().ok_or("a block does not end")?;
                if line == "```" {
                    break;
                }
                body.push(line);
            }
            blocks.push(match (kind, mark.take()) {
                ("console", Some(mark)) => {
                    let command = body.first().and_then(|line| line.strip_prefix("$ "));
                    let command =
                        command.ok_or_else(|| format!("{mark}: begin with the command"))?.to_owned();
                    let ranges = ranges(mark.trim_start_matches("shows "))?;
                    Block::Shows { mark: mark.to_owned(), ranges, command }
                }
                ("mermaid", Some(mark)) => Block::Draws(mark.trim_start_matches("draws ").to_owned()),
                ("sh", None) => Block::Commands(body.join("\n")),
                (kind, mark) => return Err(format!("a block of {kind:?}, marked {mark:?}")),
            });
        }
        Ok(Self(blocks))
    }

    /// The blocks other than text.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.0.iter().filter(|block| !matches!(block, Block::Text(_)))
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter_map(|block| if let Block::Text(line) = block { Some(line.as_str()) } else { None })
    }

    /// Captures, and the display filters for them.
    pub(super) fn filters(&self) -> Vec<(String, String)> {
        let named = self.lines().filter_map(|line| line.strip_prefix("> **Wireshark**"));
        let filters = named.map(|line| {
            let mut spans = line.split('`').skip(1).step_by(2).map(str::to_owned);
            (spans.next().expect("a capture"), spans.next().expect("a filter"))
        });
        filters.collect()
    }

    /// The depths of the headings.
    pub(super) fn headings(&self) -> Vec<usize> {
        let hashes = self.lines().map(|line| line.bytes().take_while(|&byte| byte == b'#').count());
        hashes.filter(|&depth| depth > 0).collect()
    }

    /// The document, its blocks made anew from what the commands print.
    ///
    /// # Errors
    /// If a line that is to be shown is not printed.
    pub(super) fn rewritten(&self, mut output: impl FnMut(&str) -> String) -> Result<String, String> {
        let mut text = String::new();
        for block in &self.0 {
            let lines = match block {
                Block::Text(line) => line.clone(),
                Block::Commands(lines) => format!("```sh\n{lines}\n```"),
                Block::Draws(command) => {
                    format!("<!-- draws {command} -->\n```mermaid\n{}\n```", output(command).trim_end())
                }
                Block::Shows { mark, ranges, command } => {
                    let shown =
                        excerpt(&output(command), ranges).map_err(|line| format!("{command}: no {line}"))?;
                    format!("<!-- {mark} -->\n```console\n$ {command}\n{shown}\n```")
                }
            };
            text.push_str(&lines);
            text.push('\n');
        }
        Ok(text)
    }
}

/// Reads `all`, or ranges.
fn ranges(mark: &str) -> Result<Vec<Range>, String> {
    if mark == "all" {
        return Ok(Vec::new());
    }
    let mut ranges: Vec<Range> = Vec::new();
    let mut pieces = mark.split('`');
    let mut between = pieces.next();
    while let (Some(joint), Some(text)) = (between, pieces.next()) {
        match (joint, ranges.last_mut()) {
            ("", None) | (", ", Some(_)) => ranges.push(Range { from: text.to_owned(), to: None }),
            (" to ", Some(Range { to: to @ None, .. })) => *to = Some(text.to_owned()),
            _ => return Err(format!("{joint:?} in {mark}")),
        }
        between = pieces.next();
    }
    if ranges.is_empty() || between != Some("") { Err(format!("no ranges: {mark}")) } else { Ok(ranges) }
}

/// The lines in the ranges, or the text that is not found.
fn excerpt(output: &str, ranges: &[Range]) -> Result<String, String> {
    let lines: Vec<&str> = output.trim_end().lines().map(str::trim_end).collect();
    if ranges.is_empty() {
        return Ok(lines.join("\n"));
    }
    let find = |text: &str, after: usize| {
        let found = lines[after..].iter().position(|line| line.contains(text));
        found.map(|at| after + at).ok_or_else(|| format!("{text:?} behind line {after}"))
    };
    let (mut shown, mut end) = (Vec::new(), 0);
    for Range { from, to } in ranges {
        let first = find(from, end)?;
        let last = to.as_ref().map_or(Ok(first), |to| find(to, first))?;
        shown.extend((first > end).then_some(ELISION));
        shown.extend_from_slice(&lines[first..=last]);
        end = last + 1;
    }
    shown.extend((end < lines.len()).then_some(ELISION));
    Ok(shown.join("\n"))
}

#[test]
fn a_block_shows_the_lines_that_it_names() {
    let text =
        "# A\n\n<!-- shows `b` to `c`, `e` -->\n```console\n$ letters\nold\n```\n> **Wireshark** `x` `y`\n";
    let document = Document::parse(text).unwrap();
    let written = document.rewritten(|_| "a\nb\nc\nd\ne\n".to_owned()).unwrap();
    assert_eq!(written, text.replace("old", "…\nb\nc\n…\ne"));
    assert_eq!(document.filters(), [("x".to_owned(), "y".to_owned())]);
    assert_eq!(document.headings(), [1]);
    let missing = document.rewritten(|_| "a\nb\nd\n".to_owned());
    assert_eq!(missing, Err("letters: no \"c\" behind line 1".to_owned()));
    for wrong in [
        "```console\n$ a\n```",
        "```text\n```",
        "```sh\na",
        "<!-- shows b -->\n```console\n$ a\n```",
        "<!-- shows `a` or `b` -->\n```console\n$ a\n```",
        "<!-- shows `a` to `b` to `c` -->\n```console\n$ a\n```",
    ] {
        assert!(Document::parse(wrong).is_err(), "{wrong}");
    }
}

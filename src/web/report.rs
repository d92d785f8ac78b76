//! The page around a report: the styles and scripts that the live page loads, all in one file. Nothing in it can load
//! anything: its policy names the hashes of its style and its script, and nothing else.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use crate::explain::{Language, Shell};

pub(super) const PAGE: &str = include_str!("report.html");

pub(super) const SCRIPT: &str = include_str!("report.js");

/// The mark of every page.
const MARK: &str = include_str!("favicon.svg");

const STYLES: [&str; 2] = [include_str!("style.css"), include_str!("rows.css")];

/// Modules by the name that others import them by, each behind those that it imports.
const MODULES: [(&str, &str); 12] = [
    ("words", include_str!("words.js")),
    ("rows_words", include_str!("rows_words.js")),
    ("rows_draw", include_str!("rows_draw.js")),
    ("rows_list", include_str!("rows_list.js")),
    ("rows_told", include_str!("rows_told.js")),
    ("rows_bytes", include_str!("rows_bytes.js")),
    ("rows_frame", include_str!("rows_frame.js")),
    ("rows_row", include_str!("rows_row.js")),
    ("rows_fold", include_str!("rows_fold.js")),
    ("rows_connection", include_str!("rows_connection.js")),
    ("rows", include_str!("rows.js")),
    ("report", SCRIPT),
];

/// The page around a report. Without a language it speaks the reader's.
#[must_use]
pub fn report(language: Option<Language>) -> Shell {
    let style = STYLES.concat();
    let script: String = MODULES.iter().map(|(name, text)| module(name, text)).collect();
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(&style)
    );
    let language = match language {
        None => "",
        Some(Language::En) => " data-language=\"en\"",
        Some(Language::Zh) => " data-language=\"zh\"",
    };
    let (before, after) = PAGE.split_once("{data}").unwrap_or((PAGE, ""));
    let mark = MARK.split_once("<svg ").map_or(String::new(), |(_, rest)| {
        format!("<svg width=\"28\" height=\"28\" aria-hidden=\"true\" {}", rest.trim_end())
    });
    let before =
        before.replace("{logo}", &mark).replace("{policy}", &policy).replace(" data-language=\"\"", language);
    Shell { before: before.replace("{style}", &style), after: after.replace("{script}", &script) }
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// A module as a value in one script: its imports are taken from the values before it, what it exports is the value.
fn module(name: &str, text: &str) -> String {
    let mut inside = String::new();
    let mut exported = Vec::new();
    for line in text.lines() {
        let imported = line.strip_prefix("import ").and_then(|rest| rest.split_once(" from \"./"));
        if let Some((names, from)) = imported {
            let _ = writeln!(inside, "const {names} = module_{};", from.trim_end_matches(".js\";"));
            continue;
        }
        let line = match line.strip_prefix("export ") {
            None => line,
            Some(line) => {
                let word = line.split([' ', '(', '{']).nth(1).filter(|word| !word.is_empty());
                exported.push(word.expect("what is exported has a name"));
                line
            }
        };
        inside.push_str(line);
        inside.push('\n');
    }
    format!(
        "const module_{name} = (() => {{\n\"use strict\";\n{inside}return {{ {} }};\n}})();\n",
        exported.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_becomes_a_value() {
        let text =
            "import { a, b } from \"./other_one.js\";\nexport function c(d) {\n}\nexport class E {\n}\n";
        let script = module("x", text);
        assert!(script.contains("const { a, b } = module_other_one;"), "{script}");
        assert!(script.contains("\nfunction c(d) {\n}\nclass E {\n}\nreturn { c, E };"), "{script}");
    }

    #[test]
    fn the_page_is_whole_and_loads_nothing() {
        let Shell { before, after } = report(Some(Language::Zh));
        assert!(before.contains("<html lang=\"en\" data-language=\"zh\">"), "{}", &before[..300]);
        let page = before + &after;
        for left in [
            "{logo}",
            "{policy}",
            "{style}",
            "{script}",
            "{data}",
            "import {",
            "\nexport ",
            "src=",
            "url(",
            "href=\"/",
            "@import",
        ] {
            assert!(!page.contains(left), "{left}");
        }
        let scripts = page.matches("<script").count();
        assert_eq!((scripts, page.matches("</script>").count()), (2, 2), "a script ends where it is to end");
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(!report(None).before.contains("data-language"));
    }
}

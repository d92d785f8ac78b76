//! The walkthrough as the server gives it to a browser.

use super::{LANGUAGES, read};
use crate::support::http;
use crate::support::server::Server;
use crate::walkthrough::document::Block;

/// How text stands in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[test]
fn the_page_has_all_of_both_documents() {
    let server = Server::start(&[]);
    let answer = http::get(server.addr(), "/walkthrough");
    assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("text/html; charset=utf-8")));
    let page = answer.text();
    for (language, locale) in LANGUAGES {
        let (_, article) = page.split_once(&format!("<article lang=\"{language}\"")).unwrap();
        let (article, _) = article.split_once("</article>").unwrap();
        let document = read(language);
        let titles = article.matches("<h1 ").count() + article.matches("<h2 ").count();
        assert_eq!(titles, document.headings().len(), "{language}");
        assert_eq!(article.matches("<pre ").count(), document.blocks().count(), "{language}");
        for block in document.blocks() {
            let shown = match block {
                Block::Shows { command, .. } => format!("<code><b>$ {}</b>\n", escaped(command)),
                Block::Draws(command) => escaped(super::output(command, locale).trim_end()),
                Block::Commands(lines) => escaped(lines),
                Block::Text(_) => unreachable!("no block"),
            };
            assert!(article.contains(&shown), "{language}: {shown}");
        }
        for (_, filter) in document.filters() {
            assert!(article.contains(&format!("<code>{}</code>", escaped(&filter))), "{language}: {filter}");
        }
        assert!(!article.contains("<!--") && !article.contains(".md\""), "nothing that leads nowhere");
    }
}

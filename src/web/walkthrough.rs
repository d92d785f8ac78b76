//! The walkthrough as a page: `docs/walkthrough.*.md` as HTML, each language an article.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};

/// A language's text, its place in the page, and what a diagram is called there.
struct Article {
    place: &'static str,
    markdown: &'static str,
    diagram: &'static str,
}

const ARTICLES: [Article; 2] = [
    Article {
        place: "{walkthrough.en}",
        markdown: include_str!("../../docs/walkthrough.en.md"),
        diagram: "The sequence diagram, as Mermaid source",
    },
    Article {
        place: "{walkthrough.zh}",
        markdown: include_str!("../../docs/walkthrough.zh.md"),
        diagram: "时序图（Mermaid 源码）",
    },
];

/// Puts the articles into their places in a page that has these.
pub(super) fn fill(mut page: String) -> String {
    for Article { place, markdown, diagram } in &ARTICLES {
        if page.contains(place) {
            page = page.replace(place, &render(markdown, diagram));
        }
    }
    page
}

/// The HTML of a document from its first heading on. Headings have ids as on GitHub; comments are left out, and so are
/// links to files, which a server does not have.
fn render(markdown: &str, diagram: &str) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    let mut events = Vec::new();
    let (mut block, mut is_local) = (None, false);
    for event in parser.skip_while(|event| !matches!(event, Event::Start(Tag::Heading { .. }))) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => block = Some((kind, String::new())),
            Event::Text(text) if let Some((_, code)) = &mut block => code.push_str(&text),
            Event::End(TagEnd::CodeBlock) => {
                events.extend(
                    block.take().into_iter().flat_map(|(kind, code)| code_block(&kind, code, diagram)),
                );
            }
            Event::Html(_) | Event::InlineHtml(_) => {}
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                is_local = dest_url.starts_with('#');
                events.extend(is_local.then_some(event));
            }
            Event::End(TagEnd::Link) => events.extend(is_local.then_some(event)),
            event => events.push(event),
        }
    }
    name_headings(&mut events);
    let mut page = String::new();
    html::push_html(&mut page, events.into_iter());
    page
}

/// A block that scrolls by itself: a command and what it prints, commands, or a diagram's source, which is closed.
fn code_block<'e>(kind: &str, code: String, diagram: &str) -> Vec<Event<'e>> {
    let (open, close) = if kind == "mermaid" {
        (format!("<details><summary>{diagram}</summary>"), "</details>\n")
    } else {
        (String::new(), "\n")
    };
    let mut events = vec![Event::Html(format!("{open}<pre class=\"scroll\" tabindex=\"0\"><code>").into())];
    match code.strip_prefix("$ ").and_then(|code| code.split_once('\n')) {
        Some((command, printed)) => events.extend([
            Event::Html("<b>".into()),
            Event::Text(format!("$ {command}").into()),
            Event::Html("</b>\n".into()),
            Event::Text(printed.to_owned().into()),
        ]),
        None => events.push(Event::Text(code.into())),
    }
    events.push(Event::Html(format!("</code></pre>{close}").into()));
    events
}

/// Gives each heading the id that GitHub gives it.
fn name_headings(events: &mut [Event<'_>]) {
    for start in 0..events.len() {
        let text: String = events[start..]
            .iter()
            .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(&**text),
                _ => None,
            })
            .collect();
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
            *id = Some(slug(&text).into());
        }
    }
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|at| at.is_alphanumeric() || matches!(at, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|at| if at == ' ' { '-' } else { at }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_document_becomes_an_article() {
        let markdown = "[other](file.md)\n\n# A & *b*: `c`\n\n<!-- shows -->\n```console\n$ d <e>\nf <g>\n```\n\n\
            [here](#a--b-c), [there](file.md)\n\n```mermaid\nh\n```\n";
        let expected = "<h1 id=\"a--b-c\">A &amp; <em>b</em>: <code>c</code></h1>\n\
            <pre class=\"scroll\" tabindex=\"0\"><code><b>$ d &lt;e&gt;</b>\nf &lt;g&gt;\n</code></pre>\n\
            <p><a href=\"#a--b-c\">here</a>, there</p>\n\
            <details><summary>Diagram</summary><pre class=\"scroll\" tabindex=\"0\"><code>h\n</code></pre></details>\n";
        assert_eq!(render(markdown, "Diagram"), expected);
    }

    /// Both articles are in one page.
    #[test]
    fn each_heading_has_an_id_of_its_own() {
        let page: String = ARTICLES.iter().map(|article| render(article.markdown, "")).collect();
        let ids: Vec<&str> =
            page.split(" id=\"").skip(1).map(|rest| rest.split_once('"').expect("it ends").0).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
        let links = page.split(" href=\"#").skip(1).map(|rest| rest.split_once('"').expect("it ends").0);
        for link in links {
            let id = percent_encoding::percent_decode_str(link).decode_utf8().expect("UTF-8");
            assert!(ids.contains(&&*id), "{link} leads nowhere");
        }
    }
}

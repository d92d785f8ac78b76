//! Promises of the pages: their headers, no script or style inside them, their ways to each other.

mod tour;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::files::Kind;
use super::*;
use crate::explain::escape_controls;

mod base_path;
mod words;

async fn ask(method: Method, path: &str, if_none_match: Option<&str>) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(tags) = if_none_match {
        request = request.header(header::IF_NONE_MATCH, tags);
    }
    pages("").merge(lab("")).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn body(response: Response) -> Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

/// The files served with a lab, or in the place of an error.
fn files() -> impl Iterator<Item = &'static File> {
    FILES.iter().filter(|file| file.part != Part::Report)
}

/// What is served of each of them.
static BODIES: LazyLock<Vec<Cow<'static, str>>> = LazyLock::new(|| files().map(File::body).collect());

fn of_kind(kind: Kind) -> impl Iterator<Item = (&'static str, &'static str)> {
    let served = files().zip(&*BODIES);
    served.filter(move |(file, _)| file.kind == kind).map(|(file, body)| (file.path, &**body))
}

/// The scripts that are served, and those of a report.
fn scripts() -> impl Iterator<Item = &'static File> {
    FILES.iter().filter(|file| file.kind == Kind::Script)
}

#[tokio::test]
async fn every_file_is_served_whole_and_guarded() {
    for file @ &File { path, kind, .. } in files().filter(|file| file.part != Part::Errors) {
        let response = ask(Method::GET, path, None).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let headers = response.headers();
        assert_eq!(headers[header::CONTENT_TYPE], kind.content_type(), "{path}");
        for (name, value) in HEADERS {
            assert_eq!(headers.get_all(&name).iter().collect::<Vec<_>>(), [&value], "{path} {name}");
        }
        assert!(headers[header::ETAG].to_str().unwrap().starts_with('"'), "{path}");
        assert_eq!(body(response).await, &*file.body(), "{path}");
    }
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_not_sent_again() {
    let tag = ask(Method::GET, "/", None).await.headers()[header::ETAG].to_str().unwrap().to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\" , {tag}"), "*".to_owned()] {
        let response = ask(Method::GET, "/", Some(&known)).await;
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(response.headers()[header::ETAG], tag);
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY));
        assert!(body(response).await.is_empty());
    }
    for stale in ["\"other\"", "", tag.trim_matches('"')] {
        assert_eq!(ask(Method::GET, "/", Some(stale)).await.status(), StatusCode::OK, "{stale}");
    }
}

#[tokio::test]
async fn each_file_has_an_entity_tag_of_its_own() {
    let texts: BTreeSet<_> = BODIES.iter().collect();
    let tags: BTreeSet<_> =
        texts.iter().map(|text| tag(text.as_bytes()).to_str().unwrap().to_owned()).collect();
    assert_eq!(tags.len(), texts.len());
}

#[tokio::test]
async fn an_error_has_a_page_of_its_own() {
    for (status, path, name) in [
        (StatusCode::NOT_FOUND, "/nothing", "error/not_found.html"),
        (StatusCode::NOT_FOUND, "/lab/H06", "error/not_found.html"),
        (StatusCode::NOT_FOUND, "/lab", "error/no_lab.html"),
        (StatusCode::METHOD_NOT_ALLOWED, "/login", "error/not_allowed.html"),
    ] {
        let response = error_page(status, path, "");
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "{path}");
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
        assert_eq!(body(response).await, &*File::named(name).body(), "{path}");
    }
}

#[tokio::test]
async fn pages_answer_only_get_and_head() {
    let head = ask(Method::HEAD, "/", None).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert!(head.headers().contains_key(header::ETAG));
    assert!(body(head).await.is_empty());
    assert_eq!(ask(Method::POST, "/login.html", None).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(ask(Method::GET, "/assets/mod.rs", None).await.status(), StatusCode::NOT_FOUND);
}

/// The tags of a page, each from its name to before the `>`, and what follows up to the next tag. Comments are left
/// out. Enough of HTML for pages that keep `<` and `>` out of their text and attributes.
fn tags(page: &str) -> Vec<(&str, &str)> {
    page.split('<')
        .skip(1)
        .filter(|piece| !piece.starts_with('!'))
        .map(|piece| piece.split_once('>').expect("every tag ends"))
        .collect()
}

/// The attributes of a tag, name and value.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut rest = tag.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    let mut found = Vec::new();
    while let Some(start) = rest.find(|c: char| !c.is_whitespace()) {
        rest = &rest[start..];
        let name = &rest[..rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len())];
        rest = &rest[name.len()..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            (value, rest) = quoted.split_once('"').expect("every value ends");
        }
        assert!(!rest.starts_with('='), "values are quoted: {tag}");
        found.push((name, value));
    }
    found
}

#[test]
fn pages_have_no_inline_script_or_style() {
    for (path, page) in of_kind(Kind::Html) {
        for (tag, text) in tags(page) {
            assert!(!tag.starts_with("style"), "{path}: inline style");
            if tag.starts_with("script") {
                assert!(tag.contains(" src=\"/assets/"), "{path}: inline script");
                assert_eq!(text, "", "{path}: inline script");
            }
            for (name, value) in attributes(tag) {
                assert!(name != "style" && !name.starts_with("on"), "{path}: {name} in <{tag}>");
                assert!(
                    !value.contains(':') || name == "content",
                    "{path}: {value} leads away from the server"
                );
            }
        }
    }
    for &File { path, text: script, .. } in scripts() {
        for forbidden in [
            "eval(",
            "Function(",
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "javascript:",
        ] {
            assert!(!script.contains(forbidden), "{path}: {forbidden}");
        }
    }
}

#[test]
fn every_address_in_a_page_is_served() {
    for (path, page) in of_kind(Kind::Html) {
        for (tag, _) in tags(page) {
            for (name, value) in attributes(tag) {
                if name == "src" || name == "href" {
                    // Beside `walkthrough.rs` it is tested that each place has its part in the page.
                    let address = value.split('?').next().expect("a part");
                    let is_served = value.starts_with('#') || files().any(|file| file.path == address);
                    assert!(is_served, "{path}: {value}");
                }
            }
        }
    }
    for file in scripts() {
        for specifier in file.specifiers() {
            let imported = file.resolve(specifier);
            let can = imported.part == file.part || imported.part == Part::Pages;
            assert!(can && imported.kind == Kind::Script, "{}: {specifier}", file.name);
        }
    }
}

#[test]
fn a_page_escapes_the_characters_that_the_program_escapes() {
    let script = File::named("common/escape.js").text;
    let (_, class) = script.split_once("HIDDEN = /[").unwrap();
    let (class, _) = class.split_once("]/gu").unwrap();
    let code =
        |text: &str| u32::from_str_radix(text.trim_start_matches("\\u{").trim_end_matches('}'), 16).unwrap();
    // `\u{a}` or `\u{a}-\u{b}`, one behind the other.
    let ranges: Vec<_> = class
        .replace("}\\", "}\n\\")
        .lines()
        .map(|range| range.split_once('-').unwrap_or((range, range)))
        .map(|(first, last)| (code(first), code(last)))
        .collect();
    for character in '\0'..=char::MAX {
        let on_page = ranges.iter().any(|&(first, last)| (first..=last).contains(&u32::from(character)));
        let text = character.to_string();
        assert_eq!(on_page, escape_controls(&text) != text, "{character:?}");
    }
}

#[test]
fn pages_share_their_frame_and_their_colours() {
    // What every page has, in this order; a page may have more between.
    let lines = [
        "<meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        "<meta name=\"color-scheme\" content=\"light dark\">",
        "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">",
        "<link rel=\"stylesheet\" href=\"/assets/common/style.css\">",
        "{header}",
        "<noscript><p class=\"notice bad\">This page needs JavaScript. <span lang=\"zh\">此页面需要 JavaScript。</span></p></noscript>",
    ];
    for &File { path, text, .. } in files().filter(|file| file.kind == Kind::Html) {
        let mut rest = text.lines().map(str::trim);
        for line in lines {
            assert!(rest.any(|it| it == line), "{path}: {line}");
        }
    }
    // Colours are named in one place.
    for (path, style) in of_kind(Kind::Css).filter(|(path, _)| *path != "/assets/common/style.css") {
        assert!(
            !style.contains("hsl(") && !style.contains("rgb(") && !style.contains(": #"),
            "{path}: a colour"
        );
    }
}

#[test]
fn each_page_links_to_the_others_and_marks_itself() {
    for (path, page) in of_kind(Kind::Html) {
        for link in ["/", "/inspect", "/lab", "/online", "/walkthrough"] {
            let tags = tags(page);
            let (tag, _) = tags
                .iter()
                .find(|(tag, _)| tag.starts_with("a ") && attributes(tag).contains(&("href", link)))
                .unwrap_or_else(|| panic!("{path}: no link to {link}"));
            let marked = attributes(tag).contains(&("aria-current", "page"));
            assert_eq!(marked, link == path && link != "/", "{path}: {tag}");
        }
    }
}

#[test]
fn the_ids_that_browser_tests_use_exist() {
    let page = |path| of_kind(Kind::Html).find(|(at, _)| *at == path).expect(path).1;
    for (path, ids) in [
        ("/online", "online-count state greeting sign-out ask answer messages language theme"),
        ("/online", "account current-password new-password change-password password-error password-done"),
        ("/inspect", "connect state reported tcp ws rows folded save-pcapng language theme"),
        ("/lab", "experiments trial trouble language theme"),
        ("/login.html", "user-name password submit mode-register mode-sign-in error language theme"),
    ] {
        for id in ids.split(' ') {
            assert!(
                tags(page(path)).iter().any(|(tag, _)| attributes(tag).contains(&("id", id))),
                "{path}: {id}"
            );
        }
    }
}

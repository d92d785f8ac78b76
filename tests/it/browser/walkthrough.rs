//! The walkthrough in a browser: in both languages, on a phone, and where a link leads in it.

use super::header::SIZES;
use super::look::in_both_languages;
use super::server;
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page, Theme};

/// The index of the heading at the top of the window, among those of the article that is shown.
const HEADING: &str = "[...document.querySelectorAll('article:not([hidden]) [id]')]
    .findIndex(it => it.getBoundingClientRect().top >= 0 && it.getBoundingClientRect().top < 40)";

fn shows(page: &Page, language: &str) {
    page.wait(
        &format!("document.querySelector('article:not([hidden])').lang === '{language}' && document.querySelectorAll('article[hidden]').length === 1"),
        PATIENCE,
    );
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn it_can_be_read_in_both_languages_and_at_every_size() {
    let server = server().start();
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/walkthrough"));
    in_both_languages(&page, "the walkthrough");
    for language in ["en", "zh"] {
        shows(&page, language);
        for (width, height) in SIZES {
            page.viewport(width, height);
            let wide =
                page.eval("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            assert_eq!(wide, 0, "{language} at {width}x{height} scrolls sideways");
            for theme in [Theme::Dark, Theme::Light] {
                page.theme(theme);
                page.picture(&format!("walkthrough-{language}-{width}-{theme:?}"));
            }
        }
        // On a phone output does not fit: it scrolls by itself, and a keyboard reaches it.
        page.viewport(390, 844);
        let scrolling = "[...document.querySelectorAll('article:not([hidden]) pre')].filter(it => it.scrollWidth > it.clientWidth)";
        assert_eq!(
            page.eval(&format!("{scrolling}.length > 10 && {scrolling}.every(it => it.tabIndex === 0)")),
            true
        );
        page.click("#language");
    }
    page.click("article:not([hidden]) summary");
    page.wait("document.querySelector('details[open] code').checkVisibility()", PATIENCE);
    assert!(page.text("details[open] code").starts_with("sequenceDiagram"));
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_link_to_a_heading_leads_there_in_the_readers_language() {
    let server = server().start();
    let chrome = Chrome::launch();
    let context = chrome.context();
    let page = context.page(&server.url("/walkthrough"));
    let id = page.eval("document.querySelectorAll('article[lang=en] [id]')[6].id");
    let link = server.url(&format!("/walkthrough#{}", id.as_str().expect("an id")));
    for language in ["en", "zh"] {
        let page = context.page(&link);
        shows(&page, language);
        page.wait(&format!("{HEADING} === 6"), PATIENCE);
        assert_eq!(page.problems(), Vec::<String>::new());
        page.click("#language");
    }
}

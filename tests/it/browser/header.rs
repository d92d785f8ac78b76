//! The header that every page has: the ways to the other pages, and the switches of language and theme.

use serde_json::json;

use super::{Person, server};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page, Theme};

/// Sizes of a small laptop, two larger ones, a large screen and a phone.
pub(crate) const SIZES: [(u32, u32); 5] = [(1366, 625), (1536, 730), (1280, 900), (1920, 950), (390, 844)];

const PAGES: [&str; 5] = ["/login.html", "/inspect", "/lab", "/walkthrough", "/online"];

fn follow(page: &Page, link: &str) {
    let before = page.loads();
    page.click(&format!("header a[href='{link}']"));
    page.wait(&format!("location.pathname === '{link}' && document.readyState === 'complete'"), PATIENCE);
    assert_eq!(page.loads(), before + 1, "{link}");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn every_page_leads_to_every_other() {
    let server = server().args(&["--lab"]).start();
    let chrome = Chrome::launch();
    let Person { page, .. } = Person::register(&chrome, &server, "Ada");
    for link in ["/inspect", "/lab", "/walkthrough", "/online", "/", "/lab", "/inspect", "/"] {
        follow(&page, link);
    }
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_header_is_one_line_of_44_pixels() {
    let server = server().args(&["--lab"]).start();
    let chrome = Chrome::launch();
    let Person { page, .. } = Person::register(&chrome, &server, "Ada");
    for path in PAGES {
        page.goto(&server.url(path));
        for _ in 0..2 {
            for (width, height) in SIZES {
                page.viewport(width, height);
                let seen = page.eval(
                    "(({ x, y, right, height }) => [x, y, right - document.documentElement.clientWidth, height])
                     (document.querySelector('header').getBoundingClientRect())",
                );
                assert_eq!(seen, json!([0, 0, 0, 44]), "{path} at {width}x{height}");
            }
            page.click("#language");
        }
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_theme_is_the_readers_on_every_page() {
    let server = server().args(&["--lab"]).start();
    let chrome = Chrome::launch();
    let context = chrome.context();
    let page = context.page(&server.url("/login.html"));
    let scheme = "[getComputedStyle(document.documentElement).colorScheme, document.documentElement.dataset.theme ?? null]";
    page.theme(Theme::Light);
    assert_eq!(page.eval(scheme), json!(["light dark", null]));
    page.click("#theme");
    for path in &PAGES[..4] {
        page.goto(&server.url(path));
        assert_eq!(page.eval(scheme), json!(["dark", "dark"]), "{path}");
    }
    // What the system prefers is no choice of its own.
    page.goto(&server.url("/inspect"));
    page.click("#theme");
    assert_eq!(page.eval(scheme), json!(["light dark", null]));
    page.theme(Theme::Dark);
    page.click("#theme");
    page.reload();
    assert_eq!(page.eval(scheme), json!(["light", "light"]));
    assert_eq!(page.problems(), Vec::<String>::new());
}

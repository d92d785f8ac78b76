//! How the pages look and feel: both languages, dark and light, on a narrow screen, without a mouse.

use serde_json::{Value, json};

use super::{PASSWORD, Person, server};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page, Theme};

/// Text that stands out too little from what is behind it (WCAG 2.2, 1.4.3: 4.5 to 1).
const PALE: &str = "(() => {
    const rgb = color => color.match(/[\\d.]+/g).map(Number);
    const light = color => rgb(color).slice(0, 3).map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = at => { for (; at; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        if ((rgb(color)[3] ?? 1) === 1) return color; }
        return 'rgb(255, 255, 255)'; };
    const pale = [];
    for (const at of document.body.querySelectorAll('*')) {
        const own = [...at.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!own || !at.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const [a, b] = [light(getComputedStyle(at).color), light(behind(at))].sort((a, b) => b - a);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < 4.5) pale.push(`${at.tagName}#${at.id} \"${at.innerText}\" ${contrast.toFixed(2)}`);
    }
    return pale; })()";

/// What is cut off or makes the page scroll sideways. What stands in a box that scrolls by itself does neither.
const WIDE: &str = "[...document.querySelectorAll('body, body *')].filter(at => at.checkVisibility()
    && !at.closest('.unseen, .scroll *') && at.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(at => `${at.tagName}#${at.id}`)
    .concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : [])";

fn looks_right(page: &Page, what: &str) {
    page.viewport(360, 640);
    for theme in [Theme::Light, Theme::Dark] {
        page.theme(theme);
        let brightness = page.eval("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)[1]");
        let brightness: u32 = brightness.as_str().expect("a colour").parse().expect("a number");
        assert_eq!(brightness < 128, theme == Theme::Dark, "{what}, {theme:?}: background {brightness}");
        // Colours that fade from one theme to the other are judged when they have arrived.
        page.wait("document.getAnimations().every(it => it.playState !== 'running')", PATIENCE);
        assert_eq!(page.eval(PALE), json!([]), "{what}, {theme:?}");
        assert_eq!(page.eval(WIDE), json!([]), "{what}, {theme:?}");
    }
}

/// Words of the other language, other than the switch to it, tokens of the protocols and what the user is called.
fn foreign(page: &Page, language: &str) -> Value {
    let letters = if language == "zh" { "/[A-Za-z]{3,}/" } else { "/\\p{Script=Han}/u" };
    page.eval(&format!(
        "[...document.querySelectorAll('[data-word]')].filter(at => at.checkVisibility())
         .map(at => at.innerText.replace(/wirewalk|WebSocket|TCP|TIME-WAIT|SYN|FIN|RST|Linux|Chrome|Ping|Pong|Close|Cookie|Authorization|--capture/g, '')).filter(text => {letters}.test(text))"
    ))
}

pub(crate) fn in_both_languages(page: &Page, what: &str) {
    for _ in 0..2 {
        let language = page.eval("document.documentElement.lang").as_str().expect("a language").to_owned();
        assert_eq!(foreign(page, &language), json!([]), "{what} in {language}");
        looks_right(page, &format!("{what} in {language}"));
        page.click("#language");
        page.wait(&format!("document.documentElement.lang !== '{language}'"), PATIENCE);
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn pages_look_right() {
    let server = server().start();
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/login.html"));
    in_both_languages(&page, "sign in");
    page.click("#mode-register");
    in_both_languages(&page, "register");
    page.click("#submit");
    page.wait("!error.hidden", PATIENCE);
    in_both_languages(&page, "an error");
    assert_eq!(page.problems(), Vec::<String>::new());

    // The longest name there may be, in the widest letters.
    let ada = Person::register(&chrome, &server, &"宽".repeat(32));
    in_both_languages(&ada.page, "who is online");
    ada.is_told(1);
    in_both_languages(&ada.page, "with an answer");
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_looks_wrong_is_found() {
    let server = server().start();
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/login.html"));
    page.viewport(360, 640);
    page.eval("heading.style.color = 'rgb(200 200 200)'");
    let found = page.eval(PALE);
    assert!(found[0].as_str().is_some_and(|it| it.starts_with("H1#heading \"Sign in\" 1.")), "{found}");
    page.eval("heading.style.width = '400px'");
    assert_eq!(page.eval(WIDE), json!(["H1#heading", "the page"]));
    page.eval("submit.innerText = '登录'");
    assert_eq!(foreign(&page, "en"), json!(["登录"]));
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_language_is_the_readers() {
    let server = server().start();
    let chrome = Chrome::launch();
    let context = chrome.context();
    for (locale, language) in [("zh-CN", "zh"), ("en-US", "en"), ("fr-FR", "en")] {
        let page = context.blank();
        page.locale(locale);
        page.goto(&server.url("/login.html"));
        assert_eq!(page.eval("document.documentElement.lang"), language, "{locale}");
    }
    // Chosen once, it stays.
    let page = context.page(&server.url("/login.html"));
    assert_eq!(page.text("#submit"), "Sign in");
    page.click("#language");
    assert_eq!(page.text("#submit"), "登录");
    page.reload();
    assert_eq!(page.text("#submit"), "登录");
    assert_eq!(page.problems(), Vec::<String>::new());
}

/// Whether the focus can be seen where it is.
pub(crate) fn assert_focus_shows(page: &Page) {
    let style = "getComputedStyle(document.activeElement)";
    let shows =
        page.eval(&format!("{style}.outlineStyle !== 'none' && parseFloat({style}.outlineWidth) >= 2"));
    assert_eq!(shows, true, "#{} does not show that it has the focus", page.focused());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn all_can_be_done_without_a_mouse() {
    let server = server().start();
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/login.html"));
    page.tab_to("mode-register", 10);
    assert_focus_shows(&page);
    page.press("Enter");
    page.tab_to("user-name", 10);
    assert_focus_shows(&page);
    page.keys("Ada");
    page.press("Tab");
    assert_eq!(page.focused(), "password");
    page.keys(PASSWORD);
    page.press("Enter");
    page.wait("document.querySelector('#state')?.dataset.state === 'online'", PATIENCE);

    page.tab_to("ask", 10);
    assert_focus_shows(&page);
    page.press("Space");
    page.wait("answer.innerText === 'Users online: 1'", PATIENCE);
    page.tab_to("language", 10);
    page.press("Enter");
    page.wait("answer.innerText === '当前在线人数：1'", PATIENCE);
    page.tab_to("sign-out", 10);
    page.press("Enter");
    page.wait("location.pathname === '/login.html'", PATIENCE);
    assert_eq!(page.problems(), Vec::<String>::new());
}

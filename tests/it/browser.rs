//! The pages in a real browser, used as people use them.
//!
//! No page may complain: an uncaught exception, an error on the console or a violation of its policy fails the test.

mod boundary;
mod inspect;
mod ending;
pub(crate) mod header;
mod lab;
mod landing;
pub(crate) mod look;
mod number;
mod people;
mod reconnect;
mod refusals;
mod scenarios;
mod session;
mod tutorial;
mod walkthrough;

use std::time::Duration;

use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Context, Page};
use crate::support::server::{Builder, Server};

const PASSWORD: &str = "correct horse 7 staple";
const ADMIN: &str = "the-admin-token-of-the-tests";

/// Longer than a page takes to come back.
const RECONNECT: Duration = Duration::from_mins(1);

pub(crate) fn server() -> Builder {
    Server::builder().args(&["--admin-token", ADMIN])
}

/// Someone at a browser of their own.
#[derive(Debug)]
pub(crate) struct Person {
    context: Context,
    pub(crate) page: Page,
}

impl Person {
    /// Registers by the form, which also signs in.
    pub(crate) fn register(chrome: &Chrome, server: &Server, name: &str) -> Self {
        let context = chrome.context();
        let page = context.page(&server.url("/login.html"));
        page.click("#mode-register");
        Self { context, page }.enter(name)
    }

    /// Signs in by the form, at another browser.
    fn sign_in(chrome: &Chrome, server: &Server, name: &str) -> Self {
        let context = chrome.context();
        let page = context.page(&server.url("/login.html"));
        Self { context, page }.enter(name)
    }

    fn enter(self, name: &str) -> Self {
        self.page.type_text("#user-name", name);
        self.page.type_text("#password", PASSWORD);
        self.page.click("#submit");
        self.page.wait("location.pathname === '/'", PATIENCE);
        self.is("online");
        self.page.wait(&format!("greeting.innerText.includes({})", serde_json::Value::from(name)), PATIENCE);
        self
    }

    /// Waits until the page shows this state.
    fn is(&self, state: &str) {
        self.page.wait(&format!("document.querySelector('#state').dataset.state === '{state}'"), PATIENCE);
    }

    /// Waits until the page shows this number.
    fn sees(&self, online: usize) {
        let shown = format!("document.querySelector('#online-count').innerText === '{online}'");
        self.page.wait(&shown, PATIENCE);
    }

    /// Has the page ask for the number, and waits for this answer: what comes before it in the stream has come too.
    pub(crate) fn is_told(&self, online: usize) {
        self.page.eval("answer.textContent = ''");
        self.page.click("#ask");
        self.page.wait(
            &format!("answer.innerText.endsWith(' {online}') || answer.innerText.endsWith('：{online}')"),
            PATIENCE,
        );
    }

    fn complains_of_nothing(&self) {
        assert_eq!(self.page.problems(), Vec::<String>::new());
    }
}

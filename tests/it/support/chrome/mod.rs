//! A real Chromium, driven over its remote debugging protocol (CDP) by the tests' own WebSocket client.

mod cdp;
mod input;
mod page;
mod selftest;

pub(crate) use page::{Page, Theme};

use std::cell::RefCell;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::cdp::Cdp;
use super::process::{self, Collected};
use super::temp::TempDir;

/// How long the browser may take to start, on a loaded machine.
const START: Duration = Duration::from_mins(1);

const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    // The pages of a test are all "in the background" but one, and must run all the same.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--remote-debugging-port=0",
];

/// A browser. It ends, with all its processes, when this goes.
#[derive(Debug)]
pub(crate) struct Chrome {
    cdp: Rc<RefCell<Cdp>>,
    child: Child,
    /// Keeps its stderr flowing.
    _stderr: Collected,
    _profile: TempDir,
}

impl Chrome {
    /// # Panics
    /// If there is no `chromium` on the PATH, or it does not start.
    pub(crate) fn launch() -> Self {
        Self::launch_with(&[])
    }

    /// With further flags, such as `--accept-lang=zh-CN,zh`.
    ///
    /// # Panics
    /// If there is no `chromium` on the PATH, or it does not start.
    pub(crate) fn launch_with(flags: &[&str]) -> Self {
        let profile = TempDir::new();
        let mut command = Command::new("chromium");
        command.args(FLAGS).args(flags).arg(format!("--user-data-dir={}", profile.path().display()));
        // What it would leave behind elsewhere goes with the profile.
        for directory in ["TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(directory, profile.path());
        }
        // A group of its own: the browser is many processes, and all must end with it.
        command.arg("about:blank").process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("chromium: {error}: tests/run installs it"));
        let stderr = Collected::from(child.stderr.take().expect("piped"));
        let begin = Instant::now();
        let url = loop {
            if let Some(url) = stderr.line("DevTools listening on ws://") {
                break url;
            }
            if begin.elapsed() > START || process::wait(&mut child, Duration::ZERO).is_some() {
                end(&mut child);
                panic!("chromium does not start:\n{}", stderr.text());
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let cdp = Rc::new(RefCell::new(Cdp::connect(url.trim_end())));
        Self { cdp, child, _stderr: stderr, _profile: profile }
    }

    /// As if another person sat at another browser: cookies and storage of its own.
    pub(crate) fn context(&self) -> Context {
        let answer = Cdp::call(&self.cdp, None, "Target.createBrowserContext", &json!({}));
        let id = answer.expect("a context")["browserContextId"].as_str().expect("an id").to_owned();
        Context { cdp: Rc::clone(&self.cdp), id }
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends the whole group, and waits for the one that is ours.
fn end(child: &mut Child) {
    process::signal("KILL", -i64::from(child.id()));
    let _ = child.wait();
}

/// A cookie jar and its pages.
#[derive(Debug)]
pub(crate) struct Context {
    cdp: Rc<RefCell<Cdp>>,
    id: String,
}

impl Context {
    /// A new page, loaded.
    ///
    /// # Panics
    /// If it does not load.
    pub(crate) fn page(&self, url: &str) -> Page {
        let page = self.blank();
        page.goto(url);
        page
    }

    /// A new empty page, to be set up before it loads anything.
    pub(crate) fn blank(&self) -> Page {
        // A window of its own: a tab behind another one would not be drawn.
        let ask = json!({ "url": "about:blank", "browserContextId": self.id, "newWindow": true, "width": 1000, "height": 800 });
        let target = Cdp::call(&self.cdp, None, "Target.createTarget", &ask).expect("a page");
        Page::attach(Rc::clone(&self.cdp), target["targetId"].as_str().expect("an id"))
    }

    /// A cookie of this jar.
    pub(crate) fn cookie(&self, name: &str) -> Option<Value> {
        let ask = json!({ "browserContextId": self.id });
        let cookies = Cdp::call(&self.cdp, None, "Storage.getCookies", &ask).expect("cookies");
        cookies["cookies"].as_array()?.iter().find(|cookie| cookie["name"] == name).cloned()
    }

    /// Closes all its pages at once and forgets its cookies: the browser was quit.
    pub(crate) fn close(self) {
        let ask = json!({ "browserContextId": self.id });
        Cdp::call(&self.cdp, None, "Target.disposeBrowserContext", &ask).expect("a context");
    }
}

//! A page in the browser: go there, look, and see what it complains of.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

use super::cdp::Cdp;

/// How long a page may take to load.
const LOAD: Duration = Duration::from_secs(30);

/// What the reader prefers (`prefers-color-scheme`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

/// A page. It stays open when this goes: closing it is something that a test does.
#[derive(Debug)]
pub(crate) struct Page {
    cdp: Rc<RefCell<Cdp>>,
    target: String,
    session: String,
}

impl Page {
    pub(super) fn attach(cdp: Rc<RefCell<Cdp>>, target: &str) -> Self {
        let ask = json!({ "targetId": target, "flatten": true });
        let answer = Cdp::call(&cdp, None, "Target.attachToTarget", &ask).expect("a session");
        let session = answer["sessionId"].as_str().expect("an id").to_owned();
        let page = Self { cdp, target: target.to_owned(), session };
        for domain in ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"] {
            page.must(domain, &json!({}));
        }
        // Each page believes that it has the focus, as it would if a person looked at it.
        page.must("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }));
        page
    }

    /// Loads this URL.
    ///
    /// # Panics
    /// If it cannot be reached, or does not load in time.
    pub(crate) fn goto(&self, url: &str) {
        let before = self.loads();
        let answer = self.must("Page.navigate", &json!({ "url": url }));
        if let Some(error) = answer["errorText"].as_str() {
            panic!("{url}: {error}");
        }
        self.wait_for_load(before);
    }

    /// As F5 does.
    ///
    /// # Panics
    /// If it does not load in time.
    pub(crate) fn reload(&self) {
        let before = self.loads();
        self.must("Page.reload", &json!({}));
        self.wait_for_load(before);
    }

    /// Closes the page, as its user would: `beforeunload` and `pagehide` run.
    ///
    /// # Panics
    /// If it is not gone in time.
    pub(crate) fn close(self) {
        self.must("Page.close", &json!({}));
        let begin = Instant::now();
        while !Cdp::seen(&self.cdp, &self.session).gone {
            assert!(begin.elapsed() < LOAD, "{} does not close", self.target);
            Cdp::listen(&self.cdp, Duration::from_millis(100));
        }
    }

    /// The value of a JavaScript expression; of a promise, what it resolves to.
    ///
    /// # Panics
    /// If it throws.
    pub(crate) fn eval(&self, js: &str) -> Value {
        self.try_eval(js).unwrap_or_else(|error| panic!("{js}: {error}"))
    }

    /// The same; the error is what was thrown, or that the page is on its way elsewhere.
    pub(crate) fn try_eval(&self, js: &str) -> Result<Value, String> {
        let ask =
            json!({ "expression": js, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let answer = self.call("Runtime.evaluate", &ask)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(match details["exception"]["description"].as_str() {
                Some(description) => description.to_owned(),
                None => details["text"].to_string(),
            }),
            None => Ok(answer["result"].get("value").cloned().unwrap_or_default()),
        }
    }

    /// Waits until a JavaScript expression is true; an exception counts as not yet.
    ///
    /// # Panics
    /// If that does not come within `timeout`, with what the page shows.
    pub(crate) fn wait(&self, js: &str, timeout: Duration) {
        let begin = Instant::now();
        let mut last = Err("not asked".to_owned());
        while begin.elapsed() < timeout {
            last = self.try_eval(&format!("Boolean({js})"));
            if last == Ok(Value::Bool(true)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let shows = self.try_eval("location.href + '\\n' + document.body.innerText");
        panic!(
            "{js}: {last:?} after {timeout:?}; it shows {}\nproblems: {:?}",
            shows.as_ref().map_or_else(String::as_str, |text| text.as_str().unwrap_or_default()),
            self.problems()
        );
    }

    /// The text of the element, as the reader sees it.
    ///
    /// # Panics
    /// If there is none.
    pub(crate) fn text(&self, selector: &str) -> String {
        let js = format!("document.querySelector({}).innerText", Value::from(selector));
        self.eval(&js).as_str().expect("text").to_owned()
    }

    /// What the page has complained of: exceptions, console errors, violations of its policy, failed requests.
    pub(crate) fn problems(&self) -> Vec<String> {
        Cdp::listen(&self.cdp, Duration::from_millis(1));
        Cdp::seen(&self.cdp, &self.session).problems
    }

    /// The addresses of all that it asked for, itself the first.
    pub(crate) fn requests(&self) -> Vec<String> {
        Cdp::listen(&self.cdp, Duration::from_millis(100));
        Cdp::seen(&self.cdp, &self.session).requests
    }

    /// The same, and forgets them.
    pub(crate) fn take_problems(&self) -> Vec<String> {
        Cdp::listen(&self.cdp, Duration::from_millis(1));
        Cdp::take_problems(&self.cdp, &self.session)
    }

    /// # Panics
    /// If the file cannot be written.
    pub(crate) fn screenshot(&self, path: &Path) {
        let answer = self.must("Page.captureScreenshot", &json!({ "format": "png" }));
        let data = answer["data"].as_str().expect("an image");
        let image = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
        std::fs::write(path, image).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// A picture to be looked at, when nothing moves any more: the test run makes it, a person judges it.
    ///
    /// # Panics
    /// If it cannot be written.
    pub(crate) fn picture(&self, name: &str) {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        std::fs::create_dir_all(&directory)
            .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
        self.eval("new Promise(done => setTimeout(done, 300))");
        self.wait("document.getAnimations().every(it => it.playState !== 'running')", LOAD);
        self.screenshot(&directory.join(format!("{name}.png")));
    }

    pub(crate) fn viewport(&self, width: u32, height: u32) {
        let ask = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.must("Emulation.setDeviceMetricsOverride", &ask);
    }

    pub(crate) fn theme(&self, theme: Theme) {
        let value = if theme == Theme::Dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.must("Emulation.setEmulatedMedia", &features);
    }

    /// The reader's language: `navigator.language`, and `Accept-Language` of what the page loads. A WebSocket's
    /// handshake keeps the browser's own, for which there is `--accept-lang`.
    pub(crate) fn locale(&self, language: &str) {
        let agent = self.eval("navigator.userAgent");
        let ask = json!({ "userAgent": agent, "acceptLanguage": language });
        self.must("Emulation.setUserAgentOverride", &ask);
    }

    /// Whether the page believes that it is online.
    pub(crate) fn offline(&self, offline: bool) {
        let ask =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.must("Network.emulateNetworkConditions", &ask);
    }

    /// A command of the debugging protocol, for what has no method here.
    pub(crate) fn call(&self, method: &str, params: &Value) -> Result<Value, String> {
        Cdp::call(&self.cdp, Some(&self.session), method, params)
    }

    pub(super) fn must(&self, method: &str, params: &Value) -> Value {
        self.call(method, params).unwrap_or_else(|error| panic!("{error}"))
    }

    /// How often it was loaded whole: one more tells that it went elsewhere.
    pub(crate) fn loads(&self) -> usize {
        Cdp::listen(&self.cdp, Duration::from_millis(1));
        Cdp::seen(&self.cdp, &self.session).loads
    }

    fn wait_for_load(&self, before: usize) {
        let begin = Instant::now();
        while Cdp::seen(&self.cdp, &self.session).loads == before {
            assert!(begin.elapsed() < LOAD, "the page does not load: {:?}", self.problems());
            Cdp::listen(&self.cdp, Duration::from_millis(100));
        }
    }
}

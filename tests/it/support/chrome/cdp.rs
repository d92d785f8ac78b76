//! The debugging protocol (CDP): a command has an id and gets its answer; everything else that comes is an event.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::ws::{Client, Event};

/// How long the browser may take to answer a command.
const ANSWER: Duration = Duration::from_secs(30);

/// The connection to a browser, shared by all its pages.
#[derive(Debug)]
pub(super) struct Cdp {
    client: Client,
    last_id: u64,
    sessions: HashMap<String, Seen>,
}

/// Events of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// How often the page was loaded whole.
    pub(super) loads: usize,
    /// Uncaught exceptions, errors on the console, refusals by policy, failed requests.
    pub(super) problems: Vec<String>,
    /// What it asked for, by address.
    pub(super) requests: Vec<String>,
    /// The page is gone.
    pub(super) gone: bool,
}

impl Cdp {
    pub(super) fn connect(url: &str) -> Self {
        let (address, path) = url.split_once('/').expect("HOST:PORT/PATH");
        let address = address.parse().expect("the browser listens on an address");
        let client = Client::connect(address, &format!("/{path}"), &[]).expect("a debugging connection");
        Self { client, last_id: 0, sessions: HashMap::new() }
    }

    /// Sends a command, to a page's session or to the browser, and waits for its answer.
    pub(super) fn call(
        this: &RefCell<Self>,
        session: Option<&str>,
        method: &str,
        params: &Value,
    ) -> Result<Value, String> {
        this.borrow_mut().call_now(session, method, params)
    }

    fn call_now(&mut self, session: Option<&str>, method: &str, params: &Value) -> Result<Value, String> {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        self.client.send_text(&command.to_string());
        let begin = Instant::now();
        loop {
            let message = self.next(ANSWER.saturating_sub(begin.elapsed()));
            let Some(message) = message else { return Err(format!("{method}: no answer in {ANSWER:?}")) };
            if message["id"] == self.last_id {
                return match message.get("error") {
                    Some(error) => Err(format!("{method}: {}", error["message"])),
                    None => Ok(message["result"].clone()),
                };
            }
        }
    }

    /// Takes in what has come by itself.
    pub(super) fn listen(this: &RefCell<Self>, timeout: Duration) {
        let mut this = this.borrow_mut();
        let mut left = timeout;
        while this.next(left).is_some() {
            // One was worth waiting for; more are taken only if they are there already.
            left = Duration::from_millis(1);
        }
    }

    /// Events of a session so far.
    pub(super) fn seen(this: &Rc<RefCell<Self>>, session: &str) -> Seen {
        this.borrow().sessions.get(session).cloned().unwrap_or_default()
    }

    /// Forgets what a session has complained of.
    pub(super) fn take_problems(this: &Rc<RefCell<Self>>, session: &str) -> Vec<String> {
        let mut this = this.borrow_mut();
        this.sessions.get_mut(session).map(|seen| std::mem::take(&mut seen.problems)).unwrap_or_default()
    }

    fn next(&mut self, timeout: Duration) -> Option<Value> {
        loop {
            match self.client.next(timeout)? {
                Event::Text(text) => {
                    let message: Value = serde_json::from_str(&text).expect("CDP is JSON");
                    if let (Some(session), Some(method)) =
                        (message["sessionId"].as_str(), message["method"].as_str())
                    {
                        let seen = self.sessions.entry(session.to_owned()).or_default();
                        seen.note(method, &message["params"]);
                    } else if message["method"] == "Target.detachedFromTarget" {
                        let session = message["params"]["sessionId"].as_str().unwrap_or_default();
                        self.sessions.entry(session.to_owned()).or_default().gone = true;
                    }
                    return Some(message);
                }
                Event::Ping(_) | Event::Pong(_) => {}
                other => panic!("the browser is gone: {other:?}"),
            }
        }
    }
}

impl Seen {
    fn note(&mut self, method: &str, params: &Value) {
        match method {
            "Page.loadEventFired" => self.loads += 1,
            "Network.requestWillBeSent" => {
                self.requests.extend(params["request"]["url"].as_str().map(str::to_owned));
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let what = details["exception"]["description"].as_str().or(details["text"].as_str());
                self.problems.push(format!("exception: {}", what.unwrap_or("?")));
            }
            "Runtime.consoleAPICalled" if params["type"] == "error" || params["type"] == "assert" => {
                let words = params["args"].as_array().into_iter().flatten();
                let words: Vec<_> = words.map(|word| plain(&word["value"], &word["description"])).collect();
                self.problems.push(format!("console: {}", words.join(" ")));
            }
            "Log.entryAdded" if params["entry"]["level"] == "error" => {
                let entry = &params["entry"];
                let (source, text) =
                    (plain(&entry["source"], &Value::Null), plain(&entry["text"], &Value::Null));
                let url = entry["url"].as_str().unwrap_or_default();
                self.problems.push(format!("{source}: {text} {url}").trim_end().to_owned());
            }
            _ => {}
        }
    }
}

/// A value as a person would read it on the console.
fn plain(value: &Value, description: &Value) -> String {
    match (value, description) {
        (Value::String(text), _) | (Value::Null, Value::String(text)) => text.clone(),
        (value, _) => value.to_string(),
    }
}

//! A client: a mailbox that reads its messages, and reports those that must never come.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use wirewalk::presence::{Delivery, EndReason, Language, Mailbox};

/// The reason of every kick in these tests.
pub(crate) const KICK: EndReason<'_> = EndReason::Administrator { reason: "be nice" };

/// What all clients of a run see together.
#[derive(Default)]
pub(crate) struct Ledger {
    faults: Mutex<Vec<String>>,
    /// One version stands for one N, at every client and for ever.
    values: Mutex<BTreeMap<u64, u64>>,
}

impl Ledger {
    pub(crate) fn result(&self) -> Result<(), String> {
        match self.faults.lock().unwrap().first() {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        }
    }
}

/// How a connection was ended by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The notice of a kick, then 4001.
    Kicked,
    /// The notice of a newer login, then 4001.
    Displaced,
    /// 4001 without the notice.
    LoggedOut,
    /// 4003.
    Expired,
    /// 4002.
    Replaced,
}

pub(crate) struct Client {
    language: Language,
    ledger: Arc<Ledger>,
    seen: Mutex<Seen>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// The last count: its version and N.
    pub(crate) count: Option<(u64, u64)>,
    pub(crate) texts: usize,
    pub(crate) end: Option<End>,
    /// The client has gone; nothing may come any more.
    gone: bool,
}

impl Client {
    pub(crate) fn new(language: Language, ledger: Arc<Ledger>) -> Arc<Self> {
        Arc::new(Self { language, ledger, seen: Mutex::default() })
    }

    pub(crate) fn seen(&self) -> Seen {
        *self.seen.lock().unwrap()
    }

    pub(crate) fn go(&self) {
        self.seen.lock().unwrap().gone = true;
    }

    fn read(&self, seen: &mut Seen, delivery: &Delivery) -> Result<(), String> {
        if seen.gone || seen.end.is_some() {
            return Err(format!("delivered after the end: {delivery:?}, seen {seen:?}"));
        }
        match delivery {
            Delivery::Count { version, text } => {
                let n = self.parse(text, "presence")?;
                if seen.count.is_some_and(|(newest, _)| newest >= *version) {
                    return Err(format!("version {version} after {:?}", seen.count));
                }
                let known = *self.ledger.values.lock().unwrap().entry(*version).or_insert(n);
                if known != n {
                    return Err(format!("version {version} is {n} here and {known} elsewhere"));
                }
                seen.count = Some((*version, n));
            }
            Delivery::Text(text) => {
                self.parse(text, "push")?;
                if seen.count.is_none() {
                    return Err("a push before the first count".to_owned());
                }
                seen.texts += 1;
            }
            Delivery::Close { frame, notice } => {
                seen.end = Some(match (frame.code().0, notice) {
                    (4001, Some(notice)) if frame.reason() == "signed in elsewhere" => {
                        self.parse(notice, "displaced").map(|_| End::Displaced)?
                    }
                    (4001, Some(notice)) => self.parse(notice, "kicked").map(|_| End::Kicked)?,
                    (4001, None) => End::LoggedOut,
                    (4002, None) => End::Replaced,
                    (4003, None) => End::Expired,
                    other => return Err(format!("an odd end: {other:?}")),
                });
            }
        }
        Ok(())
    }

    /// The N of a message, which must be of this event and in the client's language.
    fn parse(&self, text: &[u8], event: &str) -> Result<u64, String> {
        let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
        let rest = text.split_once(r#""online":"#).map(|(_, rest)| rest);
        let n = rest.and_then(|rest| rest.split([',', '}']).next()?.parse().ok());
        let n: u64 = n.ok_or_else(|| format!("no N in {text}"))?;
        let words = match (event, self.language) {
            ("presence", Language::Zh) => format!("当前连接人数为：{n}"),
            ("presence", Language::En) => format!("Users connected: {n}"),
            ("displaced", Language::Zh) => "您的账号已在其他客户端登录".to_owned(),
            ("displaced", Language::En) => "Signed in elsewhere".to_owned(),
            ("kicked", Language::Zh) => "已被管理员移出".to_owned(),
            ("kicked", Language::En) => "Removed by an administrator".to_owned(),
            _ => "news".to_owned(),
        };
        let (event, more) = match event {
            "displaced" => ("kicked", r#","why":"elsewhere""#),
            "kicked" => ("kicked", r#","reason":"be nice","why":"administrator""#),
            _ => (event, ""),
        };
        let expected = format!(r#"{{"code":200,"message":"{words}","event":"{event}","online":{n}{more}}}"#);
        if text == expected { Ok(n) } else { Err(format!("{text} instead of {expected}")) }
    }
}

impl Mailbox for Client {
    fn deliver(&self, delivery: Delivery) {
        let mut seen = self.seen.lock().unwrap();
        if let Err(fault) = self.read(&mut seen, &delivery) {
            self.ledger.faults.lock().unwrap().push(fault);
        }
    }
}

//! The lab: endpoints that misbehave on demand, one for each finding of the catalogue that can be provoked.
//!
//! An experiment is a row of the [table]: which finding, what is done, and the [script](Step) of the end
//! that does it. A [`Player`] plays a script on any stream, at either end; it does not go through
//! [`proto`](crate::proto), which cannot misbehave. What it did and saw is its [account](Account): the page `/lab`
//! shows it beside what the browser reported.
//!
//! Off unless asked for. An experiment is a connection like any other, ends by itself, and ends when the server stops.

pub(in crate::server) mod routes;

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tracing::debug;

use crate::lab::{Blanks, Experiment, Player, Run, Runs, Step, What, table};

use crate::server::admission::quota::{OverQuota, Permit, RETRY};
use crate::server::admission::requester::Requester;
use crate::server::answer::whole_seconds;
use crate::server::app::App;
use crate::wire::http::{Host, Request, Response, Status, parameters};

/// Who may reach the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// This machine: the server may only listen on a loopback address.
    Loopback,
    /// Whoever reaches the server.
    Any,
}

/// The longest that an experiment may take, whatever its visitor does or does not do.
const LONGEST: Duration = Duration::from_secs(70);

/// A visitor may want an idle timeout that is shorter than this.
const LONGEST_IDLE: Duration = Duration::from_mins(1);

/// The most experiments at a time.
const PLACES: usize = 64;

/// The shortest and the longest key of a run that a visitor may make up: too long to be guessed, and not long.
const KEY: std::ops::RangeInclusive<usize> = 16..=64;

/// What the experiments of a server share.
pub(in crate::server) struct Lab {
    places: Arc<Semaphore>,
    runs: Runs,
}

impl Lab {
    pub(in crate::server) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(PLACES)), runs: Runs::default() }
    }

    /// What happened in the run of this key.
    pub(in crate::server) fn run(&self, key: &str) -> Option<Value> {
        Some(self.runs.get(key)?.json())
    }
}

/// The experiment of this id, if a server can play it.
pub(in crate::server) fn served(id: &str) -> Option<(&'static Experiment, &'static [Step])> {
    let experiment = table::find(id)?;
    Some((experiment, experiment.server?))
}

/// An Upgrade that asked for an experiment.
pub(in crate::server) struct Visitor {
    script: &'static [Step],
    id: &'static str,
    blanks: Blanks,
    idle: Option<Duration>,
    run: Option<Arc<Run>>,
    _place: OwnedSemaphorePermit,
    _permit: Permit,
}

/// What a visitor may want, by the query: `run=KEY` to see the account, `seconds=N` for the time of an idle timeout.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wish<'q> {
    run: Option<&'q str>,
    idle: Option<Duration>,
}

impl<'q> Wish<'q> {
    fn parse(query: &'q str) -> Option<Self> {
        let mut wish = Self::default();
        for (name, value) in parameters(query) {
            match name {
                "run" => {
                    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
                    wish.run = Some(value).filter(|value| plain && KEY.contains(&value.len()));
                    wish.run?;
                }
                "seconds" => {
                    let seconds = value.parse().ok().map(Duration::from_secs);
                    wish.idle = seconds.filter(|time| *time < LONGEST_IDLE);
                    wish.idle?;
                }
                _ => {}
            }
        }
        Some(wish)
    }
}

/// The visitor, if an Upgrade asks for an experiment and there is a lab.
///
/// # Errors
/// The refusal to send.
pub(in crate::server) fn enter(
    app: &App,
    request: &Request<'_>,
    client: &Requester,
) -> Option<Result<Visitor, Response>> {
    let lab = app.lab.as_ref()?;
    let id = request.path().strip_prefix("/lab/")?;
    Some(visitor(app, lab, request, id, client))
}

fn visitor(
    app: &App,
    lab: &Lab,
    request: &Request<'_>,
    id: &str,
    client: &Requester,
) -> Result<Visitor, Response> {
    let unknown = || Response::refusal(Status::NOT_FOUND, "no such experiment; see /lab");
    let (experiment, script) = served(id).ok_or_else(unknown)?;
    let header = |name| request.headers.all(name).next().and_then(|value| std::str::from_utf8(value).ok());
    let bad = |why| Response::refusal(Status::BAD_REQUEST, why);
    let host = request.host().ok().flatten().map_or("", Host::as_str);
    let wish = Wish::parse(request.query().unwrap_or_default())
        .ok_or_else(|| bad("run takes 16 to 64 letters and digits, seconds a number below 60"))?;
    let permit = app.networks.run_lab(client).map_err(OverQuota::refusal)?;
    let place = Arc::clone(&lab.places).try_acquire_owned().map_err(|_| {
        let refusal = Response::refusal(Status::SERVICE_UNAVAILABLE, "too many experiments at a time");
        refusal.header("Retry-After", whole_seconds(RETRY).to_string())
    })?;
    let run = match wish.run {
        None => None,
        Some(key) => {
            let run = lab.runs.begin(key, experiment.id);
            Some(run.ok_or_else(|| bad("this run is of another experiment"))?)
        }
    };
    let key = header("Sec-WebSocket-Key").unwrap_or_default().to_owned();
    let blanks = Blanks { host: host.to_owned(), target: request.target.to_owned(), key };
    Ok(Visitor { script, id: experiment.id, blanks, idle: wish.idle, run, _place: place, _permit: permit })
}

impl Visitor {
    /// Plays the experiment to its end. `early` came behind the request head.
    pub(in crate::server) async fn play<S>(self, stream: S, early: Vec<u8>, app: &App)
    where
        S: AsyncRead + AsyncWrite + AsFd + Unpin,
    {
        debug!("= lab {}", self.id);
        let player = Player::new(stream, early, self.blanks).idle(self.idle).within(self.run.clone());
        let account = player.account();
        tokio::select! {
            ended = timeout(LONGEST, player.play(self.script)) => {
                if ended.is_err() {
                    account.tell(What::TimeUp, "", &[]);
                }
            }
            () = app.stopped() => account.tell(What::Stopping, "", &[]),
        }
        if let Some(run) = &self.run {
            run.ended(&account);
        }
        debug!("= lab {} ended", self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_wishes_within_bounds() {
        let key = "0123456789abcdef";
        let wish = Wish { run: Some(key), idle: Some(Duration::from_secs(5)) };
        assert_eq!(Wish::parse(&format!("run={key}&seconds=5&x=1")), Some(wish));
        assert_eq!(Wish::parse(""), Some(Wish::default()));
        for wrong in [
            "run=short",
            "run=0123456789abcde%20",
            "seconds=60",
            "seconds=-1",
            "seconds=x",
            &format!("run={}", "a".repeat(65)),
        ] {
            assert_eq!(Wish::parse(wrong), None, "{wrong}");
        }
    }
}

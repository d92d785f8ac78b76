//! The visitor of an experiment: an Upgrade to `/lab/ID`.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tracing::debug;

use super::FOLDER;
use super::runs::{Run, Runs};
use crate::lab::{AccountEvent, Experiment, Placeholders, Player, Step, table};
use crate::server::admission::quota::{OverQuota, QuotaPermit, RETRY};
use crate::server::admission::requester::Requester;
use crate::server::answer::whole_seconds;
use crate::server::app::App;
use crate::wire::http::{Host, Request, Response, Status, parameters};

/// Time limit of an experiment, whatever its visitor does or does not do.
const LONGEST: Duration = Duration::from_secs(70);

/// Bound on the idle time that a visitor may choose.
const LONGEST_IDLE: Duration = Duration::from_mins(1);

/// The most experiments at a time.
const EXPERIMENTS: usize = 64;

/// Lengths of the key of a run: too long to be guessed, and not long.
const KEY: std::ops::RangeInclusive<usize> = 16..=64;

/// State that the experiments of a server share.
pub(in crate::server) struct Lab {
    permits: Arc<Semaphore>,
    runs: Runs,
}

impl Lab {
    pub(in crate::server) fn new() -> Self {
        Self { permits: Arc::new(Semaphore::new(EXPERIMENTS)), runs: Runs::default() }
    }

    /// The run of this key, as JSON.
    pub(super) fn run(&self, key: &str) -> Option<Value> {
        Some(self.runs.get(key)?.json())
    }
}

/// The experiment of this id and its script, if a server can play it.
pub(super) fn scripted(id: &str) -> Option<(&'static Experiment, &'static [Step])> {
    let experiment = table::find(id)?;
    Some((experiment, experiment.server?))
}

/// The client of an experiment.
pub(in crate::server) struct Visitor {
    script: &'static [Step],
    id: &'static str,
    placeholders: Placeholders,
    idle: Option<Duration>,
    run: Option<Arc<Run>>,
    _permit: OwnedSemaphorePermit,
    _quota: QuotaPermit,
}

/// Query of a visitor: `run=KEY` to read the account later, `seconds=N` for another idle time.
#[derive(Debug, Default, PartialEq, Eq)]
struct VisitorQuery<'q> {
    run: Option<&'q str>,
    idle: Option<Duration>,
}

impl<'q> VisitorQuery<'q> {
    fn parse(query: &'q str) -> Option<Self> {
        let mut parsed = Self::default();
        for (name, value) in parameters(query) {
            match name {
                "run" => {
                    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
                    parsed.run = Some(value).filter(|value| plain && KEY.contains(&value.len()));
                    parsed.run?;
                }
                "seconds" => {
                    let seconds = value.parse().ok().map(Duration::from_secs);
                    parsed.idle = seconds.filter(|time| *time < LONGEST_IDLE);
                    parsed.idle?;
                }
                _ => {}
            }
        }
        Some(parsed)
    }
}

impl Visitor {
    /// Admits the client of an Upgrade to an experiment.
    ///
    /// # Errors
    /// The refusal to send.
    pub(in crate::server) fn admit(
        app: &App,
        request: &Request<'_>,
        client: &Requester,
    ) -> Result<Self, Response> {
        let unknown = || Response::refusal(Status::NOT_FOUND, "no such experiment; see /lab");
        let id = app.endpoint_path(request).strip_prefix(FOLDER).ok_or_else(unknown)?;
        let lab = app.endpoints.lab().ok_or_else(unknown)?;
        let (experiment, script) = scripted(id).ok_or_else(unknown)?;
        let header =
            |name| request.headers.all(name).next().and_then(|value| std::str::from_utf8(value).ok());
        let bad = |why| Response::refusal(Status::BAD_REQUEST, why);
        let host = request.host().ok().flatten().map_or("", Host::as_str);
        let query = VisitorQuery::parse(request.query().unwrap_or_default())
            .ok_or_else(|| bad("run takes 16 to 64 letters and digits, seconds a number below 60"))?;
        let quota = app.networks.run_lab(client).map_err(OverQuota::refusal)?;
        let permit = Arc::clone(&lab.permits).try_acquire_owned().map_err(|_| {
            let refusal = Response::refusal(Status::SERVICE_UNAVAILABLE, "too many experiments at a time");
            refusal.header("Retry-After", whole_seconds(RETRY).to_string())
        })?;
        let run = match query.run {
            None => None,
            Some(key) => {
                let run = lab.runs.begin(key, experiment.id);
                Some(run.ok_or_else(|| bad("this run is of another experiment"))?)
            }
        };
        let key = header("Sec-WebSocket-Key").unwrap_or_default().to_owned();
        let placeholders = Placeholders { host: host.to_owned(), target: request.target.to_owned(), key };
        let (id, idle) = (experiment.id, query.idle);
        Ok(Self { script, id, placeholders, idle, run, _permit: permit, _quota: quota })
    }

    /// Plays the experiment to its end. `early` came behind the request head.
    pub(in crate::server) async fn serve<S>(self, stream: S, early: Vec<u8>, app: &App)
    where
        S: AsyncRead + AsyncWrite + AsFd + Unpin,
    {
        debug!("= lab {}", self.id);
        let mut player = Player::new(stream, early, self.placeholders).idle(self.idle);
        let account = player.account();
        if let Some(run) = &self.run {
            run.join(&account);
            let run = Arc::clone(run);
            player = player.connections(move || run.connections());
        }
        tokio::select! {
            ended = timeout(LONGEST, player.play(self.script)) => {
                if ended.is_err() {
                    account.record(AccountEvent::TimeUp, "", &[]);
                }
            }
            () = app.stopped() => account.record(AccountEvent::Stopping, "", &[]),
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
    fn a_query_is_refused_out_of_bounds() {
        let key = "0123456789abcdef";
        let query = VisitorQuery { run: Some(key), idle: Some(Duration::from_secs(5)) };
        assert_eq!(VisitorQuery::parse(&format!("run={key}&seconds=5&x=1")), Some(query));
        assert_eq!(VisitorQuery::parse(""), Some(VisitorQuery::default()));
        for wrong in [
            "run=short",
            "run=0123456789abcde%20",
            "seconds=60",
            "seconds=-1",
            "seconds=x",
            &format!("run={}", "a".repeat(65)),
        ] {
            assert_eq!(VisitorQuery::parse(wrong), None, "{wrong}");
        }
    }
}

//! The path table: one row for each endpoint, with its routes over plain HTTP beside it.

use std::sync::Arc;

use axum::Router;
use axum::routing::on;

use super::broadcast::Hub;
use super::inspect::WatchRegistry;
use super::lab::Lab;
use super::{inspect, lab};
use crate::proto::Config;
use crate::server::app::App;
use crate::server::routes::route::{Method, Route, mount};
use crate::server::routes::upgrade_required;
use crate::server::settings::Settings;

/// A row of the table.
struct Row {
    path: Path,
    endpoint: Endpoint,
    /// Its routes for requests without an Upgrade.
    routes: &'static [Route],
}

/// A path of the table.
#[derive(Clone, Copy)]
enum Path {
    Exact(&'static str),
    /// Every path below this one.
    Below(&'static str),
}

/// The endpoint of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Endpoint {
    /// Has a session of its own, played by [`proto`](crate::proto). Any request of a connection may ask for it.
    Session(SessionKind),
    /// Has the raw stream. Must be asked for by the first request of its connection.
    Stream(StreamKind),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum SessionKind {
    /// Every message back as it came.
    Echo,
    /// Every message to everyone.
    Broadcast,
    /// The users online.
    Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum StreamKind {
    /// Observations of the connections that are watched.
    InspectFeed,
    /// A peer that misbehaves by script.
    LabExperiment,
}

impl StreamKind {
    /// Reason of a refusal to a later request of a connection.
    pub(super) const fn must_be_first(self) -> &'static str {
        match self {
            Self::InspectFeed => "a feed must be the first request of its connection",
            Self::LabExperiment => "an experiment must be the first request of its connection",
        }
    }
}

impl Path {
    fn matches(self, path: &str) -> bool {
        match self {
            Self::Exact(exact) => path == exact,
            Self::Below(folder) => path.starts_with(folder),
        }
    }
}

/// The table itself. A path that does not stand here has no endpoint.
const TABLE: &[Row] = &[
    Row {
        path: Path::Exact("/echo"),
        endpoint: Endpoint::Session(SessionKind::Echo),
        routes: &[Route(Method::Get, "/echo", |method| on(method, upgrade_required))],
    },
    Row {
        path: Path::Exact("/broadcast"),
        endpoint: Endpoint::Session(SessionKind::Broadcast),
        routes: &[Route(Method::Get, "/broadcast", |method| on(method, upgrade_required))],
    },
    Row {
        path: Path::Exact("/message"),
        endpoint: Endpoint::Session(SessionKind::Message),
        routes: &[Route(Method::Get, "/message", |method| on(method, upgrade_required))],
    },
    Row {
        path: Path::Exact(inspect::PATH),
        endpoint: Endpoint::Stream(StreamKind::InspectFeed),
        routes: inspect::routes::ROUTES,
    },
    Row {
        path: Path::Below(lab::FOLDER),
        endpoint: Endpoint::Stream(StreamKind::LabExperiment),
        routes: lab::routes::ROUTES,
    },
];

/// The endpoints of a server, and what the connections of each share.
pub(in crate::server) struct Endpoints {
    echo: Arc<Config>,
    broadcast: Arc<Config>,
    message: Arc<Config>,
    hub: Arc<Hub>,
    watches: Arc<WatchRegistry>,
    /// `None`: the server has no lab.
    lab: Option<Lab>,
}

impl Endpoints {
    pub(in crate::server) fn new(settings: &Settings) -> Self {
        Self {
            echo: Arc::new(settings.echo()),
            broadcast: Arc::new(settings.broadcast()),
            message: Arc::new(settings.message()),
            hub: Arc::default(),
            watches: Arc::new(WatchRegistry::new(settings)),
            lab: settings.lab.map(|_| Lab::new()),
        }
    }

    /// Rows of the endpoints that this server has.
    fn rows(&self) -> impl Iterator<Item = &'static Row> {
        let has_lab = self.lab.is_some();
        TABLE.iter().filter(move |row| has_lab || row.endpoint != Endpoint::Stream(StreamKind::LabExperiment))
    }

    /// The endpoint of a path.
    pub(in crate::server) fn find(&self, path: &str) -> Option<Endpoint> {
        self.rows().find(|row| row.path.matches(path)).map(|row| row.endpoint)
    }

    /// The routes of all endpoints for requests without an Upgrade.
    pub(in crate::server) fn routes(&self) -> Router<Arc<App>> {
        self.rows().fold(Router::new(), |router, row| router.merge(mount(row.routes)))
    }

    /// The routes of all endpoints that a server can have.
    #[cfg(test)]
    pub(in crate::server) fn every_route() -> impl Iterator<Item = &'static Route> {
        TABLE.iter().flat_map(|row| row.routes)
    }

    /// Configuration of the connections of an endpoint.
    pub(super) const fn config(&self, kind: SessionKind) -> &Arc<Config> {
        match kind {
            SessionKind::Echo => &self.echo,
            SessionKind::Broadcast => &self.broadcast,
            SessionKind::Message => &self.message,
        }
    }

    pub(super) const fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Watched connections, by key.
    pub(super) const fn watches(&self) -> &Arc<WatchRegistry> {
        &self.watches
    }

    pub(super) const fn lab(&self) -> Option<&Lab> {
        self.lab.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_has_its_path_and_no_other() {
        let find = |path: &str| TABLE.iter().find(|row| row.path.matches(path)).map(|row| row.endpoint);
        for (path, endpoint) in [
            ("/echo", Some(Endpoint::Session(SessionKind::Echo))),
            ("/broadcast", Some(Endpoint::Session(SessionKind::Broadcast))),
            ("/message", Some(Endpoint::Session(SessionKind::Message))),
            ("/inspect/live", Some(Endpoint::Stream(StreamKind::InspectFeed))),
            ("/lab/H06", Some(Endpoint::Stream(StreamKind::LabExperiment))),
            ("/lab", None),
            ("/echo/", None),
            ("/inspect/live/x", None),
            ("/", None),
        ] {
            assert_eq!(find(path), endpoint, "{path}");
        }
    }
}

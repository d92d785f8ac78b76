//! The tokio shell: TCP in, the [player](crate::proto) in the middle, presence and accounts behind it.
//!
//! In the order in which a connection meets them: [`accept`] takes it in and reads its first request, [`admission`]
//! checks who sends it and what quotas apply, [`endpoints`] answers an Upgrade by the path table, [`session`] runs the
//! WebSocket, [`routes`] answers HTTP. A [`tap`] around the stream feeds the [`recorder`] and the inspect endpoint.
//!
//! The core (`accept`, `admission`, `session`, `tap`) names neither the recorder nor inspect nor the lab, which come in
//! by the path table and by the tap: `tests/it/tidy/core.rs`. [`server`] joins all of it; [`app`] is the state that
//! connections share.

mod accept;
mod admission;
mod answer;
mod app;
mod base_path;
mod endpoints;
mod lock;
mod recorder;
mod routes;
#[expect(clippy::module_inception, reason = "the file of the type")]
mod server;
mod session;
mod settings;
mod tap;

pub use admission::host::TargetHost;
pub use admission::quota::Quotas;
pub use base_path::BasePath;
pub use recorder::{CaptureMode, CaptureSource, Recording};
pub use routes::pages::{ErrorPage, Pages};
pub use server::{BindError, Server};
pub use settings::{LabAccess, Settings, VisibleUsers};

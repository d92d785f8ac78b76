//! The tokio shell: TCP in, the [player](crate::proto) in the middle, presence and accounts behind it.
//!
//! In the order in which a connection meets them: [`listener`] accepts it, one of the [`crew`] serves it, [`opening`]
//! reads its request head, [`requester`] tells who sent it, the [`boundary`] turns other sites' pages away, [`http`] serves
//! it as long as it speaks HTTP, [`upgrade`] decides on an Upgrade, [`session`] runs the WebSocket, an [`endpoint`] answers
//! its messages, an [`outbox`] holds what others send to it; the [`hub`] is where they speak to everyone, and [`expiry`]
//! closes those whose session has expired. A [`quota`] is what one network or one user may have of all this. In the [`lab`]
//! connections go wrong on
//! purpose. A [`recorder`] captures what passes, where it must by a [`tap`] around the stream; nothing else knows of it.
//! Who opened [`inspect`] sees what passes on their own connections, by a tap too.

mod accept;
mod admission;
mod answer;
mod app;
mod endpoints;
mod lock;
mod recorder;
mod routes;
mod session;
mod settings;
mod tap;

pub use accept::listener::{BindError, Server};
pub use admission::host::TargetHost;
pub use admission::quota::Quotas;
pub use endpoints::lab::Reach;
pub use recorder::{CaptureMode, Method, Recording};
pub use settings::Settings;

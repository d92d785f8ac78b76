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

mod admin_guard;
mod alarms;
mod announcer;
mod answer;
mod app;
mod auth;
mod body;
mod boundary;
mod brake;
mod budget;
mod cookie;
mod crew;
mod date;
mod endpoint;
mod expiry;
mod host;
mod http;
mod hub;
mod inspect;
pub mod lab;
mod listener;
mod lock;
mod opening;
mod origin;
mod outbox;
mod prefixed;
mod quota;
mod recorder;
mod requester;
mod roster;
mod routes;
mod session;
mod settings;
mod stall;
mod tap;
mod ticket;
mod upgrade;

pub use host::TargetHost;
pub use listener::{BindError, Server};
pub use quota::Quotas;
pub use recorder::{CaptureMode, Method, Recording};
pub use settings::Settings;

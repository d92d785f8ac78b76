//! The two HTTP heads of the opening handshake (RFC 6455 §4, RFC 9112), and the key arithmetic.
//!
//! Only what an Upgrade needs lives here: every other request goes to an HTTP library.

mod accept;
mod error;
mod host;
mod json_string;
mod limits;
mod line_feed;
mod list;
mod request;
mod response;
mod token;

pub use accept::{GUID, Key, KeyError};
pub use error::HeadError;
pub use host::{Host, HostError};
pub use limits::{HeadLimits, HeadScanner};
pub use list::{are_extensions, are_subprotocols};
pub use request::{Headers, Request, Version, lower_version, parameters};
pub use response::{Response, ResponseHead, Status};
pub use token::is_token;

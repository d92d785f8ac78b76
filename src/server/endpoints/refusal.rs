//! The refusal of an Upgrade.

use tracing::debug;

use crate::wire::http::{Response, Status};

/// A refusal with this reason, which is logged too.
pub(super) fn refuse(status: Status, why: &str) -> Response {
    debug!("> {} {why}", status.0);
    Response::refusal(status, why)
}

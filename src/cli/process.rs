//! The process: its limit of file descriptors, and its user.

use rustix::process::{Resource, Rlimit, geteuid, getrlimit, setrlimit};

use crate::capture::SetcapCommand;

/// Descriptors for other than connections: standard streams, listener, event queues of the workers, database, capture.
const OWN: u64 = 64;

/// The limit of open file descriptors (`RLIMIT_NOFILE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DescriptorLimit(u64);

impl DescriptorLimit {
    /// Raises the soft limit to the hard one: the soft one is low for the sake of programs that use `select`.
    pub(super) fn raise() -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        // `None` is no limit.
        let (soft, hard) = (current.unwrap_or(u64::MAX), maximum.unwrap_or(u64::MAX));
        if soft < hard && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok() {
            Self(hard)
        } else {
            Self(soft)
        }
    }

    /// A warning if the limit is too low for so many connections at a time.
    pub(super) fn warning(self, connections: usize) -> Option<String> {
        let Self(limit) = self;
        let possible = limit.saturating_sub(OWN);
        (possible < connections as u64).then(|| {
            format!(
                "at most about {possible} connections at a time, not the {connections} of --max-connections: \
                 the system lets this process open {limit} files; raise the hard limit ('ulimit -Hn', or \
                 LimitNOFILE= of the systemd unit), or lower --max-connections"
            )
        })
    }
}

/// A warning for root.
pub(super) fn root_warning() -> Option<String> {
    geteuid().is_root().then(|| {
        format!(
            "running as root: whoever breaks into the server has the whole machine; run it as a user of its own, \
             who captures packets after '{SetcapCommand}'"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_below_the_connections_warns() {
        let limit = DescriptorLimit(1024);
        assert_eq!(limit.warning(960), None);
        let warning = limit.warning(961).unwrap();
        assert!(warning.starts_with("at most about 960 connections at a time, not the 961 of"), "{warning}");
        assert!(DescriptorLimit(20).warning(1).unwrap().starts_with("at most about 0 connections"));
        assert_eq!(DescriptorLimit(u64::MAX).warning(usize::MAX - 64), None);
    }
}

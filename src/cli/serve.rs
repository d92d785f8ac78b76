//! `wirewalk serve`: the options, and the server's life from its first line to its exit code.

mod quotas;

use std::io::{IsTerminal as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Args;
use clap::builder::{BoolishValueParser, RangedU64ValueParser};
use ipnet::IpNet;
use tokio::runtime::Builder;
use tracing::{info, warn};
use tracing_subscriber::EnvFilter;

use super::complain;
use super::output_plan::is_same;
use super::process::{DescriptorLimit, root_warning};
use super::stop_signals::StopSignals;
use super::values::{self, Listen};
use crate::accounts::{Accounts, database_file};
use crate::capture::Overwrite;
use crate::explain::escape_controls;
use crate::presence::{Language, LoginPolicy};
use crate::server::{BasePath, CaptureMode, LabAccess, Pages, Recording, Server, Settings, VisibleUsers};
use crate::web;
use quotas::QuotaOptions;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Address and port; port 0 lets the system choose
    #[arg(long, env = "WIREWALK_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9001", value_parser = values::listen)]
    listen: Listen,
    /// Threads that serve connections [default: one per core]
    #[arg(long, env = "WIREWALK_WORKERS", value_name = "N", value_parser = values::workers)]
    workers: Option<NonZeroUsize>,
    /// Language of clients that ask for none: zh or en
    #[arg(long, env = "WIREWALK_LANG", value_name = "LANG", default_value = "zh", value_parser = values::language)]
    lang: Language,
    /// Where the accounts are kept; created if it does not exist
    #[arg(
        long,
        env = "WIREWALK_DATABASE",
        value_name = "URL",
        default_value = "sqlite://wirewalk.db",
        hide_env_values = true
    )]
    database: String,
    /// Whether a user may be signed in more than once: many or single
    #[arg(long, env = "WIREWALK_LOGIN_POLICY", value_name = "POLICY", default_value = "many", value_parser = values::login_policy)]
    login_policy: LoginPolicy,
    /// Most sessions of one user; the oldest ends for one more; 0: no limit
    #[arg(long, env = "WIREWALK_MAX_SESSIONS", value_name = "N", default_value_t = 50)]
    max_sessions: u32,
    /// Another host that requests may be for, as behind a proxy: a name or an address; may be given more than once
    #[arg(long, env = "WIREWALK_HOST", value_name = "NAME", value_delimiter = ',', value_parser = values::host)]
    host: Vec<String>,
    /// Another origin whose pages may open a WebSocket and, on the same site, sign in; * as its port is any; may be given
    /// more than once
    #[arg(long, env = "WIREWALK_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',', value_parser = values::origin)]
    allow_origin: Vec<String>,
    /// Longest message; /message and /broadcast have tighter limits of their own
    #[arg(long, env = "WIREWALK_MAX_MESSAGE_SIZE", value_name = "BYTES", default_value_t = 16 << 20, value_parser = clap::value_parser!(u64).range(1..=1 << 40))]
    max_message_size: u64,
    /// Most TCP connections at a time
    #[arg(long, env = "WIREWALK_MAX_CONNECTIONS", value_name = "N", default_value_t = 100_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..=u64::from(u32::MAX)))]
    max_connections: usize,
    /// How long a request head may take
    #[arg(long, env = "WIREWALK_HANDSHAKE_TIMEOUT", value_name = "S", default_value = "10", value_parser = values::some_seconds)]
    handshake_timeout: Duration,
    /// When a silent client is pinged; 0: never
    #[arg(long, env = "WIREWALK_PING_INTERVAL", value_name = "S", default_value = "20", value_parser = values::seconds)]
    ping_interval: Duration,
    /// How long the answer to a ping may take
    #[arg(long, env = "WIREWALK_PING_TIMEOUT", value_name = "S", default_value = "10", value_parser = values::some_seconds)]
    ping_timeout: Duration,
    /// How long the closing handshake may take
    #[arg(long, env = "WIREWALK_CLOSE_TIMEOUT", value_name = "S", default_value = "5", value_parser = values::some_seconds)]
    close_timeout: Duration,
    /// Most that may wait to be sent to one client
    #[arg(long, env = "WIREWALK_SEND_BUFFER", value_name = "BYTES", default_value_t = 256 << 10, value_parser = RangedU64ValueParser::<usize>::new().range(1024..=1 << 40))]
    send_buffer: usize,
    /// How long clients have to close when the server stops
    #[arg(long, env = "WIREWALK_DRAIN_TIMEOUT", value_name = "S", default_value = "10", value_parser = values::seconds)]
    drain_timeout: Duration,
    /// Unlocks /api/; better given as the environment variable
    #[arg(long, env = "WIREWALK_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    admin_token: Option<String>,
    /// A proxy whose Forwarded or X-Forwarded-For, -Proto and -Host are believed: its address, or a network; may be
    /// given more than once
    #[arg(long, env = "WIREWALK_TRUST_PROXY", value_name = "ADDRESS[/PREFIX]", value_delimiter = ',', value_parser = values::proxy)]
    trust_proxy: Vec<IpNet>,
    /// Path below which all pages and endpoints are; a proxy passes it on as it came
    #[arg(long, env = "WIREWALK_BASE_PATH", value_name = "PATH", default_value = "/", value_parser = values::base_path)]
    base_path: BasePath,
    /// Capture the connections while serving them, for Wireshark and 'wirewalk explain'
    #[arg(long, env = "WIREWALK_CAPTURE", value_name = "FILE.pcapng")]
    capture: Option<PathBuf>,
    /// Let --capture overwrite any file; without it only a capture of your own
    #[arg(long, env = "WIREWALK_FORCE", value_parser = BoolishValueParser::new())]
    force: bool,
    /// By what means: auto (packets if that is allowed, else sockets), packet or socket
    #[arg(long, env = "WIREWALK_CAPTURE_MODE", value_name = "MODE", default_value = "auto", value_parser = values::capture_mode)]
    capture_mode: CaptureMode,
    /// Open /lab, where connections go wrong on purpose: on a loopback address only, or with --lab=any on any
    #[arg(long, env = "WIREWALK_LAB", value_name = "REACH", num_args = 0..=1, require_equals = true, default_missing_value = "loopback", value_parser = values::lab)]
    lab: Option<LabAccess>,
    /// Show users the names of all who are online; without it only their own devices
    #[arg(long, env = "WIREWALK_SHOW_USERS", value_parser = BoolishValueParser::new())]
    show_users: bool,
    #[arg(
        short = 'v',
        long,
        env = "WIREWALK_VERBOSE",
        value_parser = BoolishValueParser::new(),
        help = "Log each connection: its requests, frames and states; RUST_LOG, like wirewalk=debug or warn, says it more finely"
    )]
    verbose: bool,
    #[command(flatten)]
    quotas: QuotaOptions,
}

impl Options {
    fn settings(self) -> Settings {
        Settings {
            listen: self.listen.address,
            workers: self.workers.or_else(|| available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
            language: self.lang,
            login_policy: self.login_policy,
            max_sessions: NonZeroU32::new(self.max_sessions),
            base_path: self.base_path,
            hosts: self.host.into_iter().chain(self.listen.name).collect(),
            allowed_origins: self.allow_origin,
            max_message_size: self.max_message_size,
            max_connections: self.max_connections,
            handshake_timeout: self.handshake_timeout,
            ping_interval: Some(self.ping_interval).filter(|interval| !interval.is_zero()),
            ping_timeout: self.ping_timeout,
            close_timeout: self.close_timeout,
            send_buffer: self.send_buffer,
            drain_timeout: self.drain_timeout,
            admin_token: self.admin_token,
            visible_users: if self.show_users { VisibleUsers::Everyone } else { VisibleUsers::Oneself },
            trusted_proxies: self.trust_proxy,
            quotas: self.quotas.quotas(),
            recording: self.capture.map(|file| Recording {
                file,
                overwrite: if self.force { Overwrite::Always } else { Overwrite::SameKind },
                mode: self.capture_mode,
                language: values::locale(),
            }),
            lab: self.lab,
            report: web::report,
        }
    }
}

/// Runs the server until a signal ends it.
pub(super) fn run(options: Options) -> ExitCode {
    if let Some(Err(what)) = options.admin_token.as_deref().map(values::check_token) {
        return complain(what);
    }
    let level = if options.verbose { "wirewalk=debug" } else { "wirewalk=info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let colours =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(colours)
        .with_writer(std::io::stderr)
        .init();
    // Of this thread; the server has its own for the other workers.
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format!("cannot start: {error}")),
    };
    let ended = runtime.block_on(serve(options));
    // What did not end in time is not waited for.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => complain(&what),
    }
}

async fn serve(options: Options) -> Result<(), String> {
    let accounts = Accounts::open(&options.database).await.map_err(|error| error.to_string())?;
    let capture = options.capture.clone();
    if let Some(file) = capture.as_deref().filter(|file| holds_accounts(file, &options.database)) {
        return Err(format!("{}: the accounts are kept there; capture to another file", file.display()));
    }
    let limit = DescriptorLimit::raise();
    let connections = options.max_connections;
    let base = options.base_path.clone();
    let has_lab = options.lab.is_some();
    let files = web::pages(base.as_str());
    let files = if has_lab { files.merge(web::lab(base.as_str())) } else { files };
    let pages = Pages { files, home: web::home(base.as_str()), error: web::error_page };
    let server = Server::bind(options.settings(), accounts, pages).map_err(|error| error.to_string())?;
    let address = server.local_addr().map_err(|error| error.to_string())?;
    // Before anything is printed, so that no signal comes too early; until now a signal simply ends us, also where
    // opening waits: for a reader of the pipe that is captured to, or for a lock.
    let stop = StopSignals::new().map_err(|error| format!("cannot listen for signals: {error}"))?;
    // A parent that does not read on does not stop us.
    let _ = writeln!(std::io::stdout(), "listening on http://{address}");
    let page = format!("http://{}{base}", reachable(address));
    info!("open {page}{} in a browser", if base.as_str().is_empty() { "" } else { "/" });
    info!("watch your own connection: {page}/inspect");
    if has_lab {
        info!("break one on purpose: {page}/lab");
    } else {
        info!("break one on purpose: start with --lab for {page}/lab");
    }
    info!("who is online: {page}/online");
    info!("how it works: {page}/walkthrough");
    if !address.ip().to_canonical().is_loopback() {
        info!("requests may be for the hosts {}; for another, add --host NAME", server.hosts());
    }
    if let Some(warning) = limit.warning(connections) {
        warn!("{warning}");
    }
    if let Some(warning) = root_warning() {
        warn!("{warning}");
    }
    if let (Some(file), Some(method)) = (capture, server.capturing()) {
        info!("{}", escape_controls(&format!("capturing to {}: {method}", file.display())));
    }
    server.run(stop.wait_or_exit()).await;
    Ok(())
}

/// Returns `true` if a capture would go over the database, or what `SQLite` keeps beside it: not by `--force` either.
fn holds_accounts(capture: &Path, database: &str) -> bool {
    let Some(database) = database_file(database) else { return false };
    ["", "-wal", "-shm", "-journal"].iter().any(|ending| {
        let mut name = database.clone().into_os_string();
        name.push(ending);
        is_same(Path::new(&name), capture)
    })
}

/// An address that a browser on this machine can open: a server that listens on all addresses has none of its own.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn the_name_that_is_listened_on_is_a_host_too() {
        let line = ["serve", "--host", "A.example,b.example", "--host", "::1", "--listen", "localhost:0"];
        let settings = Line::try_parse_from(line).expect("right").options.settings();
        assert_eq!(settings.hosts, ["A.example", "b.example", "::1", "localhost"]);
    }
}

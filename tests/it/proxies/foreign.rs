//! A proxy that is a program of others, in a process and a directory of its own; it is killed when the test ends.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::peer_network::PeerNetwork;
use crate::support::process::{self, Collected};
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, wait_until};

/// A proxy that listens.
#[derive(Debug)]
pub(super) struct Foreign {
    child: Child,
    pub(super) port: u16,
    _directory: TempDir,
}

/// A port that nobody has now.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

/// Whether somebody listens there, in the network of this process: a connection that tries it would stand in the capture.
fn has_listener(process: u32, port: u16) -> bool {
    let table = std::fs::read_to_string(format!("/proc/{process}/net/tcp")).expect("the kernel's table");
    let (local, state) = (format!(":{port:04X}"), "0A");
    table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .any(|row| row.get(1).is_some_and(|address| address.ends_with(&local)) && row.get(3) == Some(&state))
}

impl Foreign {
    /// nginx with these lines in its `location /`.
    pub(super) fn nginx(location: &str) -> Self {
        let port = free_port();
        let server = format!("server {{ listen 127.0.0.1:{port}; location / {{ {location} }} }}");
        Self::nginx_http(&server, port)
    }

    /// nginx with these lines in its `http`, which make it listen on this port.
    pub(super) fn nginx_http(http: &str, port: u16) -> Self {
        let directory = TempDir::new();
        let here = directory.path().display();
        // Nothing of the machine's own configuration is read, and nothing is written but here.
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};"))
            .concat();
        let configuration = format!(
            "daemon off; master_process off; pid {here}/pid; error_log stderr;\n\
             events {{}}\n\
             http {{ access_log off; {temporary}\n{http}\n}}\n"
        );
        let mut command = Command::new("nginx");
        command.arg("-p").arg(directory.path()).args(["-e", "stderr", "-c"]);
        Self::start(command, &configuration, directory, port)
    }

    /// Caddy with this Caddyfile, which makes it listen on this port.
    pub(super) fn caddy(configuration: &str, port: u16) -> Self {
        let directory = TempDir::new();
        let mut command = Command::new("caddy");
        for home in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(home, directory.path());
        }
        command.args(["run", "--adapter", "caddyfile", "--config"]);
        Self::start(command, configuration, directory, port)
    }

    /// haproxy with these lines in its `defaults`, in front of this server.
    pub(super) fn haproxy(defaults: &str, server: SocketAddr) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        Self::haproxy_at(address, Command::new("haproxy"), defaults, server)
    }

    /// The same, in another network, at this address of it.
    pub(super) fn haproxy_in(
        network: &PeerNetwork,
        address: SocketAddr,
        defaults: &str,
        server: SocketAddr,
    ) -> Self {
        Self::haproxy_at(address, network.command("haproxy"), defaults, server)
    }

    fn haproxy_at(address: SocketAddr, mut command: Command, defaults: &str, server: SocketAddr) -> Self {
        let configuration = format!(
            "defaults\n    mode http\n    timeout connect 5s\n{defaults}\n\
             listen proxy\n    bind {address}\n    server behind {server}\n"
        );
        command.args(["-db", "-f"]);
        Self::start(command, &configuration, TempDir::new(), address.port())
    }

    fn start(mut command: Command, configuration: &str, directory: TempDir, port: u16) -> Self {
        let file = directory.join("configuration");
        std::fs::write(&file, configuration).expect("a directory of our own");
        command.arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let name = command.get_program().to_owned();
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", name.display()));
        let stderr = Collected::from(child.stderr.take().expect("piped"));
        wait_until("the proxy listens", PATIENCE, || {
            let end = process::wait(&mut child, Duration::ZERO);
            assert!(end.is_none(), "{} ended: {}", name.display(), stderr.text());
            has_listener(child.id(), port)
        });
        Self { child, port, _directory: directory }
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // Gone already, if it failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

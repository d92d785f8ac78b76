//! A web site of another origin.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

/// A site that answers everything with this page, on this machine, as long as the test runs.
pub(crate) fn serve(page: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // One thread a connection: a browser opens some only to have them ready.
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 8192]);
                let length = page.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{page}"
                );
            });
        }
    });
    address
}

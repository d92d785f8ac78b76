//! The bound: one thread, epoll, one buffer. `rawtcp PORT [--copy] [--chunk KIB] [--at N]`.
//!
//! Default: client frames become server frames in place and go straight back
//! (so the load generator can check them byte for byte). `--copy`: the bytes go
//! back as they came (run the load generator with `--raw`).
//! `--at N` (1024): what is read lands N bytes into a page (on some CPUs a copy is slow
//! where its two ends differ by little within a page).
//! `/broadcast`: what one connection sends goes to all, one write each per turn.

use peers::bound::{HELLO, ROOM, Xform};
use std::os::fd::{AsRawFd, FromRawFd};

struct Conn {
    s: std::net::TcpStream,
    x: Xform,
    open: bool,
    all: bool,
    out: Vec<u8>,
    pos: usize,
}

fn write(c: &mut Conn, mut b: &[u8]) -> bool {
    if c.out.is_empty() {
        while !b.is_empty() {
            // SAFETY: the pointer and the length are of one slice; the descriptor is the stream's, which is open.
            let r =
                unsafe { libc::send(c.s.as_raw_fd(), b.as_ptr() as *const _, b.len(), libc::MSG_NOSIGNAL) };
            if r < 0 {
                if std::io::Error::last_os_error().kind() == std::io::ErrorKind::WouldBlock {
                    break;
                }
                return false;
            }
            b = &b[r as usize..];
        }
    }
    c.out.extend_from_slice(b);
    true
}

fn flush(c: &mut Conn) -> bool {
    while c.pos < c.out.len() {
        let b = &c.out[c.pos..];
        // SAFETY: the pointer and the length are of one slice; the descriptor is the stream's, which is open.
        let r = unsafe { libc::send(c.s.as_raw_fd(), b.as_ptr() as *const _, b.len(), libc::MSG_NOSIGNAL) };
        if r < 0 {
            return std::io::Error::last_os_error().kind() == std::io::ErrorKind::WouldBlock;
        }
        c.pos += r as usize;
    }
    c.out.clear();
    c.pos = 0;
    true
}

fn main() {
    let copy = peers::flag("--copy");
    let args: Vec<String> = std::env::args().collect();
    let num = |k: &str, d: usize| {
        args.iter().position(|a| a == k).and_then(|i| args.get(i + 1)?.parse::<usize>().ok()).unwrap_or(d)
    };
    let chunk = num("--chunk", 256) * 1024;
    let at = num("--at", 1024);
    // SAFETY: each pointer is to a local that outlives its call; each descriptor was just given by the system.
    unsafe {
        let lfd = libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_NONBLOCK, 0);
        libc::setsockopt(lfd, libc::SOL_SOCKET, libc::SO_REUSEADDR, &1i32 as *const i32 as *const _, 4);
        let sa = libc::sockaddr_in {
            sin_family: libc::AF_INET as u16,
            sin_port: peers::port().to_be(),
            sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes([127, 0, 0, 1]) },
            sin_zero: [0; 8],
        };
        assert_eq!(libc::bind(lfd, &sa as *const _ as *const _, 16), 0);
        assert_eq!(libc::listen(lfd, 4096), 0);
        let ep = libc::epoll_create1(0);
        let add = |fd: i32, ev: i32| {
            let mut e = libc::epoll_event { events: ev as u32, u64: fd as u64 };
            libc::epoll_ctl(ep, libc::EPOLL_CTL_ADD, fd, &mut e);
        };
        add(lfd, libc::EPOLLIN);
        let mut conns: Vec<Option<Conn>> = Vec::new();
        let mut space = vec![0u8; chunk + 3 * 4096];
        let skip = 8192 - (space.as_ptr() as usize % 4096) + at - ROOM;
        let buf = &mut space[skip..skip + ROOM + chunk];
        let mut news: Vec<u8> = Vec::new();
        let mut evs = vec![libc::epoll_event { events: 0, u64: 0 }; 1024];
        loop {
            let n = libc::epoll_wait(ep, evs.as_mut_ptr(), evs.len() as i32, -1);
            for e in &evs[..n.max(0) as usize] {
                let (fd, flags) = (e.u64 as i32, e.events as i32);
                if fd == lfd {
                    loop {
                        let c = libc::accept4(
                            lfd,
                            std::ptr::null_mut(),
                            std::ptr::null_mut(),
                            libc::SOCK_NONBLOCK,
                        );
                        if c < 0 {
                            break;
                        }
                        let s = std::net::TcpStream::from_raw_fd(c);
                        s.set_nodelay(true).ok();
                        if conns.len() <= c as usize {
                            conns.resize_with(c as usize + 1, || None);
                        }
                        conns[c as usize] = Some(Conn {
                            s,
                            x: Xform::default(),
                            open: false,
                            all: false,
                            out: Vec::new(),
                            pos: 0,
                        });
                        add(c, libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLET | libc::EPOLLRDHUP);
                    }
                    continue;
                }
                let Some(c) = conns[fd as usize].as_mut() else { continue };
                let mut live = true;
                if flags & libc::EPOLLOUT != 0 && !c.out.is_empty() {
                    live = flush(c);
                }
                if flags & !libc::EPOLLOUT != 0 {
                    while live {
                        let r = libc::recv(fd, buf.as_mut_ptr().add(ROOM) as *mut _, chunk, 0);
                        if r <= 0 {
                            live = r < 0
                                && std::io::Error::last_os_error().kind() == std::io::ErrorKind::WouldBlock;
                            break;
                        }
                        let r = r as usize;
                        if !c.open {
                            // The load generator's request comes in one piece.
                            let head = &buf[ROOM..ROOM + r];
                            if head.windows(4).any(|w| w == b"\r\n\r\n") {
                                c.open = true;
                                c.all = head.starts_with(b"GET /broadcast");
                                live = write(c, HELLO);
                            }
                        } else {
                            let out = if copy {
                                &buf[ROOM..ROOM + r]
                            } else {
                                let k = c.x.run(&mut buf[..ROOM + r]);
                                &buf[..k]
                            };
                            if c.all {
                                news.extend_from_slice(out);
                            } else {
                                live = write(c, out);
                            }
                        }
                        if r < chunk {
                            break;
                        }
                    }
                }
                if !live {
                    conns[fd as usize] = None;
                }
            }
            if !news.is_empty() {
                for slot in &mut conns {
                    if let Some(c) = slot
                        && c.all
                        && !write(c, &news)
                    {
                        *slot = None;
                    }
                }
                news.clear();
            }
        }
    }
}

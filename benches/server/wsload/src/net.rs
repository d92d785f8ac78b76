//! Thin wrappers over the system calls used.
use std::io;
use std::net::{SocketAddr, SocketAddrV4, ToSocketAddrs};
use std::time::Instant;

pub struct Fd(pub i32);

impl Fd {
    /// Closes with a reset: no TIME_WAIT, so the local port is free at once.
    pub fn reset(self) {
        let l = libc::linger { l_onoff: 1, l_linger: 0 };
        setopt(self.0, libc::SOL_SOCKET, libc::SO_LINGER, &l);
    }
}

impl Drop for Fd {
    fn drop(&mut self) {
        // SAFETY: the descriptor is owned here, and closed once.
        unsafe { libc::close(self.0) };
    }
}

fn check(r: i32) -> io::Result<i32> {
    if r < 0 { Err(io::Error::last_os_error()) } else { Ok(r) }
}

fn setopt<T>(fd: i32, level: i32, name: i32, v: &T) {
    // SAFETY: the pointer and the size are of `v`, which outlives the call.
    unsafe {
        libc::setsockopt(
            fd,
            level,
            name,
            v as *const T as *const libc::c_void,
            size_of::<T>() as libc::socklen_t,
        )
    };
}

pub fn resolve(addr: &str) -> io::Result<SocketAddrV4> {
    for a in addr.to_socket_addrs()? {
        if let SocketAddr::V4(v) = a {
            if !v.ip().is_loopback() {
                return Err(io::Error::other("only a loopback address is a target"));
            }
            return Ok(v);
        }
    }
    Err(io::Error::other("no IPv4 address"))
}

fn sa(ip: u32, port: u16) -> libc::sockaddr_in {
    libc::sockaddr_in {
        sin_family: libc::AF_INET as u16,
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: ip.to_be() },
        sin_zero: [0; 8],
    }
}

/// A non-blocking connect, from 127.0.0.(1 + src) where src > 0.
pub fn connect(to: SocketAddrV4, src: usize) -> io::Result<Fd> {
    // SAFETY: the addresses are locals that outlive their calls, and 16 bytes long.
    unsafe {
        let fd = Fd(check(libc::socket(
            libc::AF_INET,
            libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC,
            0,
        ))?);
        setopt(fd.0, libc::IPPROTO_TCP, libc::TCP_NODELAY, &1i32);
        if src > 0 {
            setopt(fd.0, libc::IPPROTO_IP, libc::IP_BIND_ADDRESS_NO_PORT, &1i32);
            let a = sa(0x7f000001 + src as u32, 0);
            check(libc::bind(fd.0, &a as *const _ as *const libc::sockaddr, 16))?;
        }
        let a = sa(u32::from(*to.ip()), to.port());
        let r = libc::connect(fd.0, &a as *const _ as *const libc::sockaddr, 16);
        if r < 0 {
            let e = io::Error::last_os_error();
            if e.raw_os_error() != Some(libc::EINPROGRESS) {
                return Err(e);
            }
        }
        Ok(fd)
    }
}

/// `Ok(None)`: it would block.
#[inline]
pub fn send(fd: i32, b: &[u8]) -> io::Result<Option<usize>> {
    // SAFETY: the pointer and the length are of one slice.
    let r = unsafe {
        libc::send(fd, b.as_ptr() as *const libc::c_void, b.len(), libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT)
    };
    if r >= 0 {
        return Ok(Some(r as usize));
    }
    let e = io::Error::last_os_error();
    if e.kind() == io::ErrorKind::WouldBlock { Ok(None) } else { Err(e) }
}

#[inline]
pub fn recv(fd: i32, b: &mut [u8]) -> io::Result<Option<usize>> {
    // SAFETY: the pointer and the length are of one slice, which may be written.
    let r = unsafe { libc::recv(fd, b.as_mut_ptr() as *mut libc::c_void, b.len(), libc::MSG_DONTWAIT) };
    if r >= 0 {
        return Ok(Some(r as usize));
    }
    let e = io::Error::last_os_error();
    if e.kind() == io::ErrorKind::WouldBlock { Ok(None) } else { Err(e) }
}

/// What a descriptor is waited for.
pub enum Interest {
    Readable,
    Writable,
    Both,
}

/// Waits until one descriptor is ready.
pub fn poll(fd: i32, interest: Interest, ms: i32) -> bool {
    let events = match interest {
        Interest::Readable => libc::POLLIN,
        Interest::Writable => libc::POLLOUT,
        Interest::Both => libc::POLLIN | libc::POLLOUT,
    };
    let mut p = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: one `pollfd`, which outlives the call.
    unsafe { libc::poll(&mut p, 1, ms) > 0 }
}

pub fn send_all(fd: i32, mut b: &[u8]) -> io::Result<()> {
    while !b.is_empty() {
        match send(fd, b)? {
            Some(n) => b = &b[n..],
            None => {
                if !poll(fd, Interest::Writable, 10_000) {
                    return Err(io::Error::other("send timed out"));
                }
            }
        }
    }
    Ok(())
}

pub fn recv_some(fd: i32, b: &mut [u8]) -> io::Result<usize> {
    loop {
        match recv(fd, b)? {
            Some(0) => return Err(io::Error::other("server closed the connection")),
            Some(n) => return Ok(n),
            None => {
                if !poll(fd, Interest::Readable, 10_000) {
                    return Err(io::Error::other("no answer in 10 s"));
                }
            }
        }
    }
}

pub struct Epoll {
    fd: Fd,
    pub ev: Vec<libc::epoll_event>,
}

impl Epoll {
    pub fn new() -> io::Result<Epoll> {
        Ok(Epoll {
            // SAFETY: takes no pointer.
            fd: Fd(check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?),
            ev: vec![libc::epoll_event { events: 0, u64: 0 }; 1024],
        })
    }
    pub fn add(&self, fd: i32, token: u64) -> io::Result<()> {
        let ev = (libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLET | libc::EPOLLRDHUP) as u32;
        let mut e = libc::epoll_event { events: ev, u64: token };
        // SAFETY: the event is a local that outlives the call.
        check(unsafe { libc::epoll_ctl(self.fd.0, libc::EPOLL_CTL_ADD, fd, &mut e) })?;
        Ok(())
    }
    pub fn del(&self, fd: i32) {
        let mut e = libc::epoll_event { events: 0, u64: 0 };
        // SAFETY: the event is a local that outlives the call.
        unsafe { libc::epoll_ctl(self.fd.0, libc::EPOLL_CTL_DEL, fd, &mut e) };
    }
    pub fn wait(&mut self, ms: i32) -> usize {
        // SAFETY: the pointer and the length are of one vector.
        let n = unsafe { libc::epoll_wait(self.fd.0, self.ev.as_mut_ptr(), self.ev.len() as i32, ms) };
        n.max(0) as usize
    }
}

pub const READABLE: u32 = (libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR) as u32;
pub const WRITABLE: u32 = libc::EPOLLOUT as u32;

/// Nanoseconds since the first call.
#[inline]
pub fn now() -> u64 {
    use std::sync::OnceLock;
    static T0: OnceLock<Instant> = OnceLock::new();
    T0.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

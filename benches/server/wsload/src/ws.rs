//! What a client needs of RFC 6455: the handshake's key, masked frames built
//! ahead of time, and a streaming parser for what the server sends back.

/// SHA-1, enough for the accept key (short input).
pub fn sha1(data: &[u8]) -> [u8; 20] {
    let mut h: [u32; 5] = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
    let mut m = data.to_vec();
    let bits = (data.len() as u64) * 8;
    m.push(0x80);
    while m.len() % 64 != 56 {
        m.push(0);
    }
    m.extend_from_slice(&bits.to_be_bytes());
    for block in m.chunks(64) {
        let mut w = [0u32; 80];
        for (i, c) in block.chunks(4).enumerate() {
            w[i] = u32::from_be_bytes(c.try_into().unwrap());
        }
        for i in 16..80 {
            w[i] = (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = h;
        for (i, wi) in w.iter().enumerate() {
            let (f, k) = match i / 20 {
                0 => ((b & c) | (!b & d), 0x5A827999),
                1 => (b ^ c ^ d, 0x6ED9EBA1),
                2 => ((b & c) | (b & d) | (c & d), 0x8F1BBCDC),
                _ => (b ^ c ^ d, 0xCA62C1D6),
            };
            let t = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(*wi);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, t);
        }
        for (x, y) in h.iter_mut().zip([a, b, c, d, e]) {
            *x = x.wrapping_add(y);
        }
    }
    let mut out = [0; 20];
    for (i, x) in h.iter().enumerate() {
        out[i * 4..i * 4 + 4].copy_from_slice(&x.to_be_bytes());
    }
    out
}

pub fn base64(data: &[u8]) -> String {
    const T: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut s = String::new();
    for c in data.chunks(3) {
        let n = (c[0] as u32) << 16 | (*c.get(1).unwrap_or(&0) as u32) << 8 | *c.get(2).unwrap_or(&0) as u32;
        for i in 0..4 {
            if i <= c.len() {
                s.push(T[(n >> (18 - 6 * i)) as usize & 63] as char);
            } else {
                s.push('=');
            }
        }
    }
    s
}

pub fn accept_key(key: &str) -> String {
    base64(&sha1(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11").as_bytes()))
}

/// The RFC's own sample key: fixed, so that a raw TCP stand-in can answer too.
pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The request that opens a connection, as a browser writes it (header order
/// and weight), but without offering any extension.
pub fn request(addr: &str, path: &str, extra: &str) -> Vec<u8> {
    let mut s = format!(
        "GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: Upgrade\r\nPragma: no-cache\r\n\
         Cache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 \
         (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\nUpgrade: websocket\r\n\
         Origin: http://{addr}\r\nSec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br\r\n\
         Accept-Language: en-US,en;q=0.9\r\nSec-WebSocket-Key: {KEY}\r\n"
    );
    if !extra.is_empty() {
        s.push_str(extra);
        s.push_str("\r\n");
    }
    s.push_str("\r\n");
    s.into_bytes()
}

/// Looks for the end of the response head; checks it once it is all there.
/// Returns the head's length.
pub fn check_response(buf: &[u8]) -> Result<Option<usize>, String> {
    let Some(end) = buf.windows(4).position(|w| w == b"\r\n\r\n") else {
        if buf.len() > 16 * 1024 {
            return Err("response head too long".into());
        }
        return Ok(None);
    };
    let head = String::from_utf8_lossy(&buf[..end]);
    if !head.starts_with("HTTP/1.1 101") {
        return Err(format!("not a 101: {}", head.lines().next().unwrap_or("")));
    }
    let want = accept_key(KEY);
    let ok = head.lines().any(|l| {
        l.split_once(':')
            .is_some_and(|(k, v)| k.eq_ignore_ascii_case("sec-websocket-accept") && v.trim() == want)
    });
    if !ok {
        return Err("wrong or missing Sec-WebSocket-Accept".into());
    }
    Ok(Some(end + 4))
}

/// A payload that is not constant: every 8-byte word differs.
pub fn payload(size: usize, kind: &str) -> Vec<u8> {
    let mut v = Vec::with_capacity(size + 8);
    if kind == "utf8" {
        let chars = ["κ", "ö", "s", "μ", "ε", " ", "→", "ж", "a", "中", "x", "🦀", "1", "é"];
        let mut i = 0usize;
        loop {
            let c = chars[(i * 7 + i / 5) % chars.len()].as_bytes();
            if v.len() + c.len() > size {
                break;
            }
            v.extend_from_slice(c);
            i += 1;
        }
        v.resize(size, b'.');
        return v;
    }
    let mut x = 0x9E3779B97F4A7C15u64;
    while v.len() < size {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        for b in x.to_le_bytes() {
            v.push(if kind == "binary" { b } else { 0x20 + b % 0x5f });
        }
    }
    v.truncate(size);
    v
}

fn put_frame(out: &mut Vec<u8>, fin: bool, op: u8, payload: &[u8], mask: [u8; 4]) {
    out.push(if fin { 0x80 } else { 0 } | op);
    match payload.len() {
        n @ 0..=125 => out.push(0x80 | n as u8),
        n @ 126..=65535 => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(n as u16).to_be_bytes());
        }
        n => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(n as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&mask);
    out.extend(payload.iter().enumerate().map(|(i, b)| b ^ mask[i & 3]));
}

/// `n` masked messages back to back, each in `frag` fragments, every frame with
/// a mask of its own. Also returns where each message ends.
pub fn build(payload: &[u8], text: bool, n: usize, frag: usize, seed: u32) -> (Vec<u8>, Vec<usize>) {
    let mut out = Vec::new();
    let mut ends = Vec::new();
    let mut x = seed.wrapping_mul(0x9E3779B9) | 1;
    for _ in 0..n {
        let step = payload.len().div_ceil(frag).max(1);
        let parts: Vec<&[u8]> = if payload.is_empty() { vec![&[]] } else { payload.chunks(step).collect() };
        for (i, p) in parts.iter().enumerate() {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
            let op = match (i, text) {
                (0, true) => 1,
                (0, false) => 2,
                _ => 0,
            };
            put_frame(&mut out, i + 1 == parts.len(), op, p, x.to_be_bytes());
        }
        ends.push(out.len());
    }
    (out, ends)
}

/// A streaming parser of server frames. Payload bytes are skipped, lengths kept.
#[derive(Default, Clone)]
pub struct Parser {
    need: u64,
    msg: u64,
    fin: bool,
    op: u8,
    hlen: u8,
    hdr: [u8; 14],
}

/// Why a server's bytes are no good.
pub enum Bad {
    Masked,
    Rsv,
    Close(u16),
}

impl std::fmt::Display for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Bad::Masked => f.write_str("the server sent a masked frame"),
            Bad::Rsv => f.write_str("the server set a reserved bit"),
            Bad::Close(c) => write!(f, "the server sent a close frame ({c})"),
        }
    }
}

impl Parser {
    /// Feeds bytes; calls `on` with the total length of each complete data message.
    #[inline]
    pub fn feed(&mut self, mut b: &[u8], raw: bool, mut on: impl FnMut(u64)) -> Result<(), Bad> {
        loop {
            if self.need > 0 {
                let take = self.need.min(b.len() as u64);
                self.need -= take;
                b = &b[take as usize..];
                if self.need > 0 {
                    return Ok(());
                }
                self.end(&mut on);
            }
            if b.is_empty() {
                return Ok(());
            }
            // Whole header in one piece: the common case.
            let (h0, len) = if self.hlen == 0
                && b.len() >= 2
                && let Some((len, hl)) = head(b)
            {
                let h0 = b[0];
                self.guard(b, raw)?;
                b = &b[hl..];
                (h0, len)
            } else {
                self.hdr[self.hlen as usize] = b[0];
                self.hlen += 1;
                b = &b[1..];
                let hdr = self.hdr;
                let Some((len, _)) = head(&hdr[..self.hlen as usize]) else { continue };
                self.guard(&hdr, raw)?;
                (hdr[0], len)
            };
            self.hlen = 0;
            self.fin = h0 & 0x80 != 0;
            self.op = h0 & 0x0f;
            self.need = len;
            if self.op < 8 {
                self.msg += len;
            }
            if self.op == 8 {
                let code = if b.len() >= 2 { u16::from_be_bytes([b[0], b[1]]) } else { 1005 };
                return Err(Bad::Close(code));
            }
            if len == 0 {
                self.end(&mut on);
            }
        }
    }

    fn guard(&self, h: &[u8], raw: bool) -> Result<(), Bad> {
        if !raw && h[1] & 0x80 != 0 {
            return Err(Bad::Masked);
        }
        if h[0] & 0x70 != 0 {
            return Err(Bad::Rsv);
        }
        Ok(())
    }

    #[inline]
    fn end(&mut self, on: &mut impl FnMut(u64)) {
        if self.op < 8 && self.fin {
            let n = std::mem::take(&mut self.msg);
            on(n);
        }
    }
}

/// Length and header size, if the header is all there.
#[inline]
fn head(b: &[u8]) -> Option<(u64, usize)> {
    if b.len() < 2 {
        return None;
    }
    let m = if b[1] & 0x80 != 0 { 4 } else { 0 };
    let (len, hl) = match b[1] & 0x7f {
        126 if b.len() >= 4 => (u16::from_be_bytes([b[2], b[3]]) as u64, 4),
        127 if b.len() >= 10 => (u64::from_be_bytes(b[2..10].try_into().unwrap()), 10),
        126 | 127 => return None,
        n => (n as u64, 2),
    };
    if b.len() < hl + m {
        return None;
    }
    Some((len, hl + m))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_of_the_rfc() {
        assert_eq!(accept_key(KEY), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(base64(b"a"), "YQ==");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"abc"), "YWJj");
    }

    #[test]
    fn parser_any_split() {
        let mut s = Vec::new();
        for n in [0usize, 1, 125, 126, 65535, 65536] {
            s.push(0x82);
            match n {
                0..=125 => s.push(n as u8),
                126..=65535 => {
                    s.push(126);
                    s.extend_from_slice(&(n as u16).to_be_bytes());
                }
                _ => {
                    s.push(127);
                    s.extend_from_slice(&(n as u64).to_be_bytes());
                }
            }
            s.extend(std::iter::repeat_n(7u8, n));
        }
        // a ping between, and a fragmented message
        s.extend_from_slice(&[0x89, 0x01, 9, 0x01, 0x02, 1, 2, 0x80, 0x03, 3, 4, 5]);
        for step in [1usize, 2, 3, 7, 1000, 1 << 20] {
            let mut p = Parser::default();
            let mut got = Vec::new();
            for c in s.chunks(step) {
                assert!(p.feed(c, false, |n| got.push(n)).is_ok());
            }
            assert_eq!(got, [0, 1, 125, 126, 65535, 65536, 5]);
        }
    }

    #[test]
    fn built_frames_parse_raw() {
        let p = payload(300, "text");
        let (b, ends) = build(&p, true, 3, 2, 1);
        assert_eq!(*ends.last().unwrap(), b.len());
        let mut got = Vec::new();
        assert!(Parser::default().feed(&b, true, |n| got.push(n)).is_ok());
        assert_eq!(got, [300, 300, 300]);
        assert!(std::str::from_utf8(&payload(1001, "utf8")).is_ok());
    }
}

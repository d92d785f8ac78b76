//! The upper bounds: what echo costs when nothing of WebSocket is left but the
//! bytes. No limits, no UTF-8, no control frames, no errors: not a server.

/// The 101 for the one key the load generator sends.
pub const HELLO: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Bytes of room that a buffer has before what was read into it: the head of a
/// frame that began in an earlier read is written there.
pub const ROOM: usize = 16;

/// Client frames in, server frames out, in the same buffer, streaming: a frame
/// need not be whole.
#[derive(Default, Clone)]
pub struct Xform {
    need: u64,
    mask: u32,
    hlen: usize,
    hdr: [u8; 14],
}

impl Xform {
    /// Rewrites `b`, which is ROOM bytes and then what was read; returns how many
    /// bytes, from the start of `b`, go back out.
    pub fn run(&mut self, b: &mut [u8]) -> usize {
        let (mut i, mut o, n) = (ROOM, 0usize, b.len());
        loop {
            if self.need > 0 {
                let k = self.need.min((n - i) as u64) as usize;
                unmask_to(b, i, o, k, self.mask);
                // The next byte continues where the key stands now.
                self.mask = self.mask.rotate_right(8 * (k as u32 & 3));
                self.need -= k as u64;
                i += k;
                o += k;
            }
            if i == n {
                return o;
            }
            if self.hlen == 0 && n - i >= 14 {
                // Whole head in sight.
                let h: [u8; 14] = b[i..i + 14].try_into().unwrap();
                i += self.head(&h, 14, &mut b[o..]).unwrap();
                o += HEAD_OUT[usize::from(h[1] & 0x7f)] as usize;
                continue;
            }
            self.hdr[self.hlen] = b[i];
            self.hlen += 1;
            i += 1;
            let h = self.hdr;
            if self.head(&h, self.hlen, &mut b[o..]).is_some() {
                o += HEAD_OUT[usize::from(h[1] & 0x7f)] as usize;
                self.hlen = 0;
            }
        }
    }

    /// Takes a head if it is whole, writes the server's head, returns its length.
    #[inline]
    fn head(&mut self, h: &[u8; 14], have: usize, out: &mut [u8]) -> Option<usize> {
        if have < 2 {
            return None;
        }
        let (len, hl) = match h[1] & 0x7f {
            126 => (u16::from_be_bytes([h[2], h[3]]) as u64, 4),
            127 => (u64::from_be_bytes(h[2..10].try_into().unwrap()), 10),
            n => (n as u64, 2),
        };
        if have < hl + 4 {
            return None;
        }
        self.mask = u32::from_le_bytes(h[hl..hl + 4].try_into().unwrap());
        self.need = len;
        out[..hl].copy_from_slice(&h[..hl]);
        out[1] = h[1] & 0x7f;
        Some(hl + 4)
    }
}

static HEAD_OUT: [u8; 128] = {
    let mut t = [2u8; 128];
    t[126] = 4;
    t[127] = 10;
    t
};

/// b[o..o+k] = b[i..i+k] ^ mask, o <= i, front to back.
#[inline]
fn unmask_to(b: &mut [u8], i: usize, o: usize, k: usize, mask: u32) {
    assert!(o <= i && i + k <= b.len());
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2; both ranges lie in `b`, the destination not behind the source: asserted above.
        unsafe { unmask_avx2(b.as_mut_ptr().add(i), b.as_mut_ptr().add(o), k, mask) }
    } else {
        let m = mask.to_le_bytes();
        for j in 0..k {
            b[o + j] = b[i + j] ^ m[j & 3];
        }
    }
}

/// # Safety
/// AVX2 present; `k` bytes readable at `s` and writable at `d`; `d <= s` where they overlap.
#[target_feature(enable = "avx2")]
pub unsafe fn unmask_avx2(s: *const u8, d: *mut u8, k: usize, mask: u32) {
    use std::arch::x86_64::*;
    // SAFETY: the caller's promises, above; each access ends at or before `k`.
    unsafe {
        let m = _mm256_set1_epi32(mask as i32);
        let mut j = 0;
        while j + 128 <= k {
            let p = s.add(j) as *const __m256i;
            let q = d.add(j) as *mut __m256i;
            let a = _mm256_xor_si256(_mm256_loadu_si256(p), m);
            let b = _mm256_xor_si256(_mm256_loadu_si256(p.add(1)), m);
            let c = _mm256_xor_si256(_mm256_loadu_si256(p.add(2)), m);
            let e = _mm256_xor_si256(_mm256_loadu_si256(p.add(3)), m);
            _mm256_storeu_si256(q, a);
            _mm256_storeu_si256(q.add(1), b);
            _mm256_storeu_si256(q.add(2), c);
            _mm256_storeu_si256(q.add(3), e);
            j += 128;
        }
        while j + 16 <= k {
            let x = _mm_loadu_si128(s.add(j) as *const __m128i);
            _mm_storeu_si128(d.add(j) as *mut __m128i, _mm_xor_si128(x, _mm256_castsi256_si128(m)));
            j += 16;
        }
        let m8 = mask as u64 | (mask as u64) << 32;
        if j + 8 <= k {
            let x = (s.add(j) as *const u64).read_unaligned();
            (d.add(j) as *mut u64).write_unaligned(x ^ m8);
            j += 8;
        }
        if j + 4 <= k {
            let x = (s.add(j) as *const u32).read_unaligned();
            (d.add(j) as *mut u32).write_unaligned(x ^ mask);
            j += 4;
        }
        let mb = mask.to_le_bytes();
        while j < k {
            *d.add(j) = *s.add(j) ^ mb[j & 3];
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(n: usize, seed: u8) -> (Vec<u8>, Vec<u8>) {
        let pay: Vec<u8> = (0..n).map(|i| (i * 7 + seed as usize) as u8).collect();
        let mask = [seed, 2, 3 ^ seed, 0x99];
        let mut c = vec![0x82];
        let mut s = vec![0x82];
        match n {
            0..=125 => {
                c.push(0x80 | n as u8);
                s.push(n as u8);
            }
            126..=65535 => {
                c.push(0xfe);
                s.push(126);
                c.extend((n as u16).to_be_bytes());
                s.extend((n as u16).to_be_bytes());
            }
            _ => {
                c.push(0xff);
                s.push(127);
                c.extend((n as u64).to_be_bytes());
                s.extend((n as u64).to_be_bytes());
            }
        }
        c.extend(mask);
        c.extend(pay.iter().enumerate().map(|(i, b)| b ^ mask[i & 3]));
        s.extend(pay);
        (c, s)
    }

    #[test]
    fn any_split() {
        let (mut c, mut s) = (Vec::new(), Vec::new());
        for (i, n) in [0usize, 1, 16, 125, 126, 1000, 65535, 65536, 300_001, 5].iter().enumerate() {
            let (a, b) = client(*n, i as u8 + 1);
            c.extend(a);
            s.extend(b);
        }
        for step in [1usize, 2, 3, 5, 13, 14, 15, 16, 31, 100, 4096, 65536, 1 << 20] {
            let mut x = Xform::default();
            let mut out = Vec::new();
            for part in c.chunks(step) {
                let mut p = vec![0; ROOM];
                p.extend_from_slice(part);
                let k = x.run(&mut p);
                out.extend_from_slice(&p[..k]);
            }
            assert!(out == s, "step {step}");
        }
    }
}

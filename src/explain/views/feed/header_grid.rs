//! The headers of frames bit by bit: what a page draws as the grid of RFC 6455 §5.2. Of each field its id among the
//! [texts](super::field_table), its bits, and the number of its value in words.

use crate::explain::narrative::frame_header::{HeaderBits, header_bits};
use crate::explain::views::field::{Field, Run};
use crate::explain::views::json::text::Text;
use crate::wire::Parsed;
use crate::wire::ws::HeaderView;

/// Bytes that are unmasked before the eyes of the reader.
const UNMASKED: usize = 16;

/// A header that stands whole in a packet.
#[derive(Debug)]
pub(super) struct HeaderGrid {
    /// Its offset in the packet.
    at: usize,
    /// Number of payload bytes shown unmasked.
    payload: usize,
    header: HeaderView,
}

/// The headers that stand whole in a packet.
pub(super) fn grids(bytes: &[u8], runs: &[Run]) -> Vec<HeaderGrid> {
    let mut grids = Vec::new();
    let mut at = 0;
    for (place, run) in runs.iter().enumerate() {
        if run.field == Field::FrameFirst {
            let of_frame = |run: &&Run| run.field.is_of_frame() && run.field != Field::FrameFirst;
            let rest: usize = runs[place + 1..].iter().take_while(of_frame).map(|run| run.len).sum();
            let frame = &bytes[at..at + run.len + rest];
            if let Parsed::Complete { value: header, len } = HeaderView::parse(frame) {
                grids.push(HeaderGrid { at, payload: (frame.len() - len).min(UNMASKED), header });
            }
        }
        at += run.len;
    }
    grids
}

impl HeaderGrid {
    pub(super) fn write(&self, to: &mut Text) {
        to.raw(r#"{"at":"#).number(self.at);
        to.raw(r#","payload":"#).number(self.payload).raw(",");
        write_header(&self.header, to);
        to.raw("}");
    }
}

/// A header that no packet has whole, of the frame with this index.
pub(super) fn write_cut(index: u64, header: &HeaderView, payload: usize, to: &mut Text) {
    to.raw(r#"{"cut":"#).number(index);
    to.raw(r#","payload":"#).number(payload.min(UNMASKED)).raw(",");
    write_header(header, to);
    to.raw("}");
}

fn write_header(header: &HeaderView, to: &mut Text) {
    to.raw(r#""length":""#).number(header.length()).raw(r#"","fields":"#).list(
        header_bits(header),
        |to, field| {
            let HeaderBits { value, bits, words, .. } = field;
            to.raw("[").name(field.id()).raw(",").name(&format!("{value:0bits$b}"));
            to.raw(",").number(words as usize).raw("]");
        },
    );
}

//! A frame's header bit by bit, in the grid of RFC 6455 §5.2, and how its payload is unmasked (§5.3).

use std::fmt::Write as _;

use crate::explain::narrative::frame_header::{HeaderBits, HeaderField, HeaderRow, header_bits, header_rows};
use crate::explain::text::{
    Label, Language, centred, cut, escape_controls, hexadecimal, pad, pieces, wrapped,
};
use crate::explain::views::message_text::{inflated_payload, inflation_text};
use crate::observe::{Frame, Message};
use crate::wire::ws::{HeaderView, Opcode};

/// Number of payload bytes that are shown unmasked, byte by byte.
const UNMASKED: usize = 16;

/// In how many rows at most the beginning of a text is shown: all that is kept of it.
const MOST_ROWS: usize = 12;

/// Bits of a row of the grid, as the RFC draws it, and where that is too wide.
const BITS: [usize; 2] = [32, 16];

/// Columns of a byte's place and of its bits.
const PLACE: usize = 12;
const BYTES: usize = 25;

/// A field of the header: its name and its bits.
struct Field {
    name: String,
    bits: Vec<bool>,
}

impl Field {
    fn new(name: &str, value: u64, bits: usize) -> Self {
        Self { name: name.to_owned(), bits: (0..bits).rev().map(|bit| value >> bit & 1 == 1).collect() }
    }

    /// The columns that so many of its bits take.
    const fn columns(bits: usize) -> usize {
        2 * bits - 1
    }
}

/// The header in a grid, a table of its bytes, how the first bytes of the payload are unmasked, and its text.
/// Of a compressed message that ends with it, what the application gets. All in so many columns.
pub(super) fn lines(
    frame: &Frame,
    message: Option<&Message>,
    columns: usize,
    language: Language,
) -> Vec<String> {
    let [all, half] = BITS;
    let bits = if Field::columns(all) + 2 <= columns { all } else { half };
    let mut lines = grid(&fields(&frame.header, language), bits);
    lines.extend(table(frame, columns, language));
    lines.extend(unmasked(frame, language));
    let is_text =
        frame.header.opcode() != Opcode::BINARY && frame.header.rsv() == 0 && frame.close().is_none();
    if let Some(text) = frame.preview.text().filter(|text| is_text && !text.is_empty()) {
        let more = if frame.preview.is_cut() { "…" } else { "" };
        let whole = Label::BitPayload.fill(language, &[&format!("\"{}{more}\"", escape_controls(text))]);
        lines.extend(pieces(&whole, columns, MOST_ROWS));
    }
    lines.extend(message.map(|message| inflated(message, columns, language)).into_iter().flatten());
    lines
}

/// A compressed message as the application gets it, or why that is not known.
fn inflated(message: &Message, columns: usize, language: Language) -> Vec<String> {
    let mut lines = wrapped(&inflation_text(message, language), columns);
    if let Some(payload) = inflated_payload(message) {
        let whole = Label::BitPayload.fill(language, &[&payload]);
        lines.extend(pieces(&whole, columns, MOST_ROWS));
    }
    lines
}

fn fields(header: &HeaderView, language: Language) -> Vec<Field> {
    let field = |HeaderBits { field, value, bits, .. }| {
        let name = match field {
            HeaderField::Fin => "F",
            HeaderField::Rsv => "RSV",
            HeaderField::Opcode => "opcode",
            HeaderField::Mask => "M",
            HeaderField::Length => Label::BitLength.text(language),
            HeaderField::ExtendedLength => Label::BitExtended.text(language),
            HeaderField::MaskingKey => Label::BitMaskingKey.text(language),
        };
        Field::new(name, value, bits)
    };
    header_bits(header).into_iter().map(field).collect()
}

/// The grid: so many bits a row, each field's name above its bits; a field that goes over the edge goes on in the next
/// row.
fn grid(fields: &[Field], bits: usize) -> Vec<String> {
    let tens = spaced((0..bits).map(|bit| if bit % 10 == 0 { digit(bit / 10) } else { ' ' }), 1);
    let ones = spaced((0..bits).map(|bit| digit(bit % 10)), 1);
    let mut lines = vec![format!(" {tens}"), format!(" {ones}")];
    let mut used = 0;
    let mut rows: Vec<[String; 3]> = Vec::new();
    for field in fields {
        let mut rest = field.bits.as_slice();
        while !rest.is_empty() {
            if used % bits == 0 {
                rows.push(["+".to_owned(), "|".to_owned(), "|".to_owned()]);
            }
            let (now, later) = rest.split_at(rest.len().min(bits - used % bits));
            let [border, names, values] = rows.last_mut().expect("a row was begun");
            let columns = Field::columns(now.len());
            let name = if rest.len() == field.bits.len() {
                field.name.clone()
            } else {
                format!("… {}", field.name)
            };
            let _ = write!(border, "{}+", "-".repeat(columns));
            let _ = write!(names, "{}|", pad(&centred(&cut(&name, columns), columns), columns));
            let _ = write!(values, "{}|", spaced(now.iter().map(|bit| if *bit { '1' } else { '0' }), 1));
            used += now.len();
            rest = later;
        }
    }
    let last = rows.last().map(|[border, ..]| border.clone());
    lines.extend(rows.into_iter().flatten());
    lines.extend(last);
    lines
}

fn digit(value: usize) -> char {
    char::from_digit(value as u32, 10).unwrap_or(' ')
}

/// Characters with so many spaces between.
fn spaced(characters: impl Iterator<Item = char>, spaces: usize) -> String {
    let mut text = String::new();
    for character in characters {
        if !text.is_empty() {
            text.extend(std::iter::repeat_n(' ', spaces));
        }
        text.push(character);
    }
    text
}

/// The bits of each byte.
fn table(frame: &Frame, columns: usize, language: Language) -> Vec<String> {
    let row = |HeaderRow { places, bytes, meaning }: HeaderRow| {
        let place = match places.into_inner() {
            (first, last) if first == last => Label::BitByte.fill(language, &[&first]),
            (first, last) => Label::BitBytes.fill(language, &[&first, &last]),
        };
        let left = format!("{}{}", pad(&place, PLACE), pad(&bytes, BYTES));
        let lines = wrapped(&meaning, columns.saturating_sub(PLACE + BYTES));
        let lefts = std::iter::once(left).chain(std::iter::repeat(" ".repeat(PLACE + BYTES)));
        lefts.zip(lines).map(|(left, line)| left + &line).collect::<Vec<_>>()
    };
    header_rows(&frame.header, language).into_iter().flat_map(row).collect()
}

/// `masked ⊕ key[i mod 4] = plain`, for the first bytes.
fn unmasked(frame: &Frame, language: Language) -> Vec<String> {
    let plain: Vec<u8> = frame.preview.bytes().iter().copied().take(UNMASKED).collect();
    let Some(key) = frame.header.mask().filter(|_| !plain.is_empty()) else { return Vec::new() };
    let keys = || key.0.into_iter().cycle();
    let masked = hexadecimal(plain.iter().zip(keys()).map(|(byte, key)| byte ^ key));
    let more = if frame.header.length() > plain.len() as u64 { " …" } else { "" };
    let mut rows = vec![
        Label::BitUnmasked.text(language).to_owned(),
        format!("  {masked}{more}"),
        format!("⊕ {}{more}", hexadecimal(keys().take(plain.len()))),
        format!("= {}{more}", hexadecimal(plain.iter().copied())),
    ];
    if plain.iter().all(|byte| (0x20..0x7F).contains(byte)) {
        let text = spaced(plain.iter().map(|byte| char::from(*byte)), 2);
        rows.push(format!("  {text}   {}", Label::BitText.text(language)));
    }
    rows
}

//! The catalogue: what each finding is, as data, by family.

pub(super) mod closing;
pub(super) mod frames;

/// All of the catalogue, those about the capture first.
pub(super) static ALL: &[&[&super::Entry]] = &[frames::ALL, closing::ALL];

/// The phrases that are values of texts.
#[cfg(test)]
pub(super) fn phrases() -> impl Iterator<Item = super::entry::Both> {
    [frames::PHRASES, closing::PHRASES].into_iter().flatten().copied()
}

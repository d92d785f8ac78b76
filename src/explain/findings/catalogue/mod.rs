//! The catalogue as data, a file for each family: entries, named by their meaning, and phrases. No conditions here: those
//! are in `rules`.

pub(super) mod capture;
pub(super) mod closing;
pub(super) mod compression;
pub(super) mod frames;
pub(super) mod icmp;
pub(super) mod liveness;
pub(super) mod opening;
pub(super) mod tcp;

/// All entries by family, those about the capture first.
pub(super) static ALL: &[&[&super::CatalogueEntry]] = &[
    capture::ALL,
    tcp::ALL,
    icmp::ALL,
    opening::ALL,
    frames::ALL,
    compression::ALL,
    closing::ALL,
    liveness::ALL,
];

/// All phrases.
#[cfg(test)]
pub(super) fn phrases() -> impl Iterator<Item = super::entry::Localized> {
    let families = [
        capture::PHRASES,
        tcp::PHRASES,
        icmp::PHRASES,
        opening::PHRASES,
        frames::PHRASES,
        compression::PHRASES,
        closing::PHRASES,
        liveness::PHRASES,
    ];
    families.into_iter().flatten().copied()
}

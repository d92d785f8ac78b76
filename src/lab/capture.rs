//! Captures of the experiments that no browser can run, as they are committed: a page cannot make its own.

/// The capture of an experiment that no browser can run, in pcapng.
#[must_use]
pub fn capture(id: &str) -> Option<&'static [u8]> {
    CAPTURES.iter().find(|(of, _)| *of == id).map(|(_, bytes)| *bytes)
}

macro_rules! captures {
    ($($id:literal)*) => {
        &[$(($id, include_bytes!(concat!("../../captures/lab/", $id, "/capture.pcapng")))),*]
    };
}

const CAPTURES: &[(&str, &[u8])] = captures![
    "C08" "C12" "C12-1007" "C13" "F01" "F05-chunks" "F06-request" "F14" "F14-zero" "F15" "F15-body" "H01-request" "H02" "H13-window" "H14" "H15"
    "H20" "H21-connection" "H22" "H23" "H23-lines" "H23-empty-lines" "L06" "T03" "T04" "T14" "Z05" "Z06"
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::table;
    use super::*;

    #[test]
    fn each_experiment_that_no_browser_can_run_has_its_capture() {
        let wanted: BTreeSet<_> =
            table::experiments().filter(|row| row.browser.is_none()).map(|row| row.id).collect();
        assert_eq!(CAPTURES.iter().map(|row| row.0).collect::<BTreeSet<_>>(), wanted);
    }
}

//! The memory that an explanation may use: what `--max-memory` says, or a part of the machine's.

use std::fs;

/// The most that is used if nothing is said, in bytes.
const MOST_BY_DEFAULT: u64 = 2 << 30;

/// The least that can be asked for, in bytes.
const LEAST: u64 = 1 << 20;

/// Memory for connections and for the view of them, in bytes. What the program itself needs comes on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MemoryBudget(u64);

impl MemoryBudget {
    /// Reads a size: a number of bytes, or of KiB, MiB, GiB with K, M, G behind it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "give a size of at least 1M, like 512M or 2G".to_owned();
        let number = text.trim_end_matches(['K', 'M', 'G', 'k', 'm', 'g']);
        let shift = match &text[number.len()..] {
            "" => 0,
            "K" | "k" => 10,
            "M" | "m" => 20,
            "G" | "g" => 30,
            _ => return Err(wrong()),
        };
        let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
        bytes.filter(|bytes| *bytes >= LEAST).map(Self).ok_or_else(wrong)
    }

    /// A quarter of the memory of the machine, or of the control group, at most 2 GiB.
    pub(super) fn of_machine() -> Self {
        let limits = [machine_memory(), control_group_memory()];
        let memory = limits.into_iter().flatten().min();
        Self(memory.map_or(MOST_BY_DEFAULT, |memory| (memory / 4).clamp(LEAST, MOST_BY_DEFAULT)))
    }

    /// The share of what is kept of connections, in bytes.
    pub(super) fn observer(self) -> usize {
        usize::try_from(self.0 / 2).unwrap_or(usize::MAX)
    }

    /// The share of a view, in bytes.
    pub(super) fn view(self) -> usize {
        usize::try_from(self.0 / 4).unwrap_or(usize::MAX)
    }
}

fn machine_memory() -> Option<u64> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

/// `None` without a limit.
fn control_group_memory() -> Option<u64> {
    fs::read_to_string("/sys/fs/cgroup/memory.max").ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [("1048576", 1 << 20), ("2048K", 2 << 20), ("512M", 512 << 20), ("3g", 3 << 30)]
        {
            assert_eq!(MemoryBudget::parse(text), Ok(MemoryBudget(bytes)), "{text}");
        }
        for text in ["", "M", "12", "1023K", "1.5G", "-1G", "1T", "1GB", "1MM", "99999999999G"] {
            assert!(MemoryBudget::parse(text).unwrap_err().starts_with("give a size"), "{text}");
        }
    }

    #[test]
    fn the_default_is_a_part_of_the_machine() {
        let MemoryBudget(bytes) = MemoryBudget::of_machine();
        assert!((LEAST..=MOST_BY_DEFAULT).contains(&bytes), "{bytes}");
        assert!(machine_memory().is_none_or(|memory| bytes <= memory / 4));
    }
}

//! Names that cannot be registered, as their owner could pose as the service.

use super::fold::fold;
use std::sync::LazyLock;

/// Reserved in every spelling that looks like one of these; see [`look`].
const RESERVED: [&str; 30] = [
    "admin",
    "administrator",
    "anonymous",
    "everyone",
    "help",
    "hostmaster",
    "moderator",
    "nobody",
    "official",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "server",
    "service",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "webmaster",
    "wirewalk",
    "管理员",
    "超级管理员",
    "系统",
    "系统管理员",
    "系統管理員",
    "客服",
    "官方",
];

/// Returns `true` if the name of this key (see [`fold`]) could be mistaken for the service.
pub(super) fn is_reserved(key: &str) -> bool {
    static LOOKS: LazyLock<Vec<String>> =
        LazyLock::new(|| RESERVED.iter().map(|name| look(&fold(name))).collect());
    LOOKS.contains(&look(key))
}

/// A key without what a glance passes over: separators, and the difference between `i` and `l`, as `I` and `l` are one
/// stroke in many fonts. Too coarse to distinguish users.
fn look(key: &str) -> String {
    key.chars()
        .filter(|char| char.is_alphanumeric())
        .map(|char| if char == 'i' { 'l' } else { char })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_every_spelling() {
        for name in [
            "admin",
            "Admin",
            "ADMIN",
            "аdmin",
            "ａｄｍｉｎ",
            "adm1n",
            "admln",
            "ad_min",
            "-admin-",
            "a.d.m.i.n",
            "r00t",
            "Root",
            "SYSTEM",
            "ѕуѕtеm",
            "Wire Walk",
            "管理员",
            "系统",
            "administrator",
            "support",
        ] {
            assert!(is_reserved(&fold(name)), "{name}");
        }
        for name in ["ann", "adminna", "roots", "madmin", "管理", "supporter", "1", "admin2"] {
            assert!(!is_reserved(&fold(name)), "{name}");
        }
    }
}

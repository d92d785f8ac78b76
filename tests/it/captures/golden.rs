//! Committed files that tests compare with what is right, and write anew with `UPDATE_EXPECT=1`.

use std::path::Path;

/// Whether the committed files are to be written anew.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

/// Compares a committed file with what is right, or writes it anew if that is asked for.
///
/// # Errors
/// The first line that differs, or that the file cannot be written.
pub(crate) fn check(path: &Path, right: &str) -> Result<(), String> {
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    if committed == right {
        return Ok(());
    }
    if is_update() {
        return std::fs::write(path, right).map_err(|error| format!("{}: {error}", path.display()));
    }
    let same = committed.lines().zip(right.lines()).take_while(|(old, new)| old == new).count();
    let line =
        |text: &str| text.lines().nth(same).unwrap_or("(its end)").chars().take(300).collect::<String>();
    let (old, new) = (line(&committed), line(right));
    Err(format!("{}:{}: not\n  {old}\nbut\n  {new}", path.display(), same + 1))
}

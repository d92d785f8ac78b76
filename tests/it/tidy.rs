//! The rules that the source keeps (a test each), and tests that show that each rule can be broken.
//!
//! A rule is a function from text to complaints; here it meets the files of the repository.

mod core;
mod files;
mod floors;
mod layers;
mod lexer;
mod listed;
mod pipeline;
mod purity;
mod style;

use files::{File, rust_files};

pub(crate) use files::names_in;

/// Fails with all complaints at once.
fn assert_tidy(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<_> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn all_rust() -> Vec<File> {
    ["src", "tests", "benches", "examples"].into_iter().flat_map(rust_files).collect()
}

#[test]
fn modules_use_only_lower_layers() {
    assert_tidy(rust_files("src").iter().flat_map(layers::check));
}

#[test]
fn the_core_is_pure() {
    assert_tidy(rust_files("src").iter().flat_map(purity::check));
}

#[test]
fn explain_has_no_arrow_back_up() {
    assert_tidy(rust_files("src").iter().flat_map(floors::check));
    assert_tidy(rust_files("src").iter().flat_map(floors::check_rooms));
}

#[test]
fn the_servers_core_knows_no_guest() {
    assert_tidy(rust_files("src").iter().flat_map(core::check));
}

#[test]
fn packets_take_one_way() {
    assert_tidy(rust_files("src").iter().flat_map(pipeline::check));
}

#[test]
fn files_begin_with_what_they_are() {
    assert_tidy(all_rust().iter().filter_map(style::documented));
}

#[test]
fn files_are_short() {
    assert_tidy(all_rust().iter().filter_map(style::short));
}

#[test]
fn comments_are_wrapped() {
    assert_tidy(all_rust().iter().flat_map(style::wrapped));
}

#[test]
fn no_unsafe_code() {
    assert_tidy(all_rust().iter().flat_map(style::safe));
}

#[test]
fn nothing_is_left_for_later() {
    assert_tidy(all_rust().iter().flat_map(style::finished));
}

#[test]
fn ignored_tests_say_who_runs_them() {
    assert_tidy(all_rust().iter().flat_map(style::ignored));
}

#[test]
fn examples_are_in_the_readme() {
    let readme = std::fs::read_to_string(files::root().join("README.md")).unwrap_or_default();
    assert_tidy(listed::examples(&names_in("examples"), &readme));
}

#[test]
fn captures_have_their_golden_text() {
    let mut names = names_in("captures");
    names.retain(|name| name != "lab" && name != "itself");
    assert_tidy(listed::captures("captures", &names, listed::TEXTS));
    for directory in ["captures/lab", "captures/itself"] {
        assert_tidy(listed::captures(directory, &names_in(directory), listed::TEXTS_AND_JSON));
    }
}

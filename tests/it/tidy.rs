//! The rules that the source keeps (a test each), and tests that show that each rule can be broken.
//!
//! A rule is a function from text to complaints; here it meets the files of the repository.

mod core;
mod files;
mod floors;
mod layers;
mod lexer;
mod listed;
mod names;
mod observe;
mod pipeline;
mod purity;
mod style;

use files::{File, rust_files};

pub(crate) use files::{names_in, root};

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
fn observe_has_no_circle() {
    assert_tidy(rust_files("src").iter().flat_map(observe::check));
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
fn public_types_have_names_of_their_own() {
    assert_tidy(names::check(&rust_files("src")));
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
fn examples_are_in_their_readme() {
    let readme = std::fs::read_to_string(files::root().join("examples/README.md")).unwrap_or_default();
    assert_tidy(listed::examples(&names_in("examples"), &readme));
}

#[test]
fn the_tour_leads_to_files_that_exist() {
    let tour = rust_files("src").into_iter().find(|file| file.path == "src/lib.rs").expect("a crate");
    assert_tidy(listed::destinations(&tour, |path| files::root().join(path).exists()));
}

#[test]
fn captures_have_their_golden_texts() {
    let mut names = names_in("captures");
    names.retain(|name| !["lab", "itself", "online"].contains(&name.as_str()));
    assert_tidy(listed::captures("captures", &names));
    for directory in ["captures/lab", "captures/itself"] {
        for name in names_in(directory).iter().filter(|name| *name != "README.md") {
            let folder = format!("{directory}/{name}");
            assert_tidy(listed::folder(&folder, &names_in(&folder)));
        }
    }
}

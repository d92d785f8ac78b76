//! The one list of the pages' files: what is embedded, where it is served, and what it imports.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::walkthrough;

/// The part of the program that needs a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The pages that every server has.
    Pages,
    /// The lab, where a server has one.
    Lab,
    /// Pages in the place of an error.
    Errors,
    /// The report, which is written and not served.
    Report,
}

/// The type of a file, by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Css,
    Script,
    Svg,
}

impl Kind {
    const fn of(name: &str) -> Self {
        match name.as_bytes() {
            [.., b'.', b'h', b't', b'm', b'l'] => Self::Html,
            [.., b'.', b'c', b's', b's'] => Self::Css,
            [.., b'.', b'j', b's'] => Self::Script,
            [.., b'.', b's', b'v', b'g'] => Self::Svg,
            _ => panic!("no type has this extension"),
        }
    }

    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Css => "text/css; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// An embedded file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) part: Part,
    /// The path of its URL.
    pub(super) path: &'static str,
    /// Its path below this folder.
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) kind: Kind,
}

macro_rules! page {
    ($part:ident, $path:expr, $name:literal) => {
        File { part: Part::$part, path: $path, name: $name, text: include_str!($name), kind: Kind::of($name) }
    };
}

macro_rules! asset {
    ($part:ident, $name:literal) => {
        page!($part, concat!("/assets/", $name), $name)
    };
}

/// All of them. A file may have two paths.
pub(super) const FILES: &[File] = &[
    page!(Pages, "/", "landing/landing.html"),
    page!(Pages, "/index.html", "landing/landing.html"),
    page!(Pages, "/online", "online/online.html"),
    page!(Pages, "/login.html", "login/login.html"),
    page!(Pages, "/inspect", "inspect/inspect.html"),
    page!(Pages, "/walkthrough", "walkthrough/walkthrough.html"),
    page!(Pages, "/favicon.svg", "common/favicon.svg"),
    page!(Pages, "/favicon.ico", "common/favicon.svg"),
    page!(Lab, "/lab", "lab/lab.html"),
    page!(Errors, "", "error/not_found.html"),
    page!(Errors, "", "error/not_allowed.html"),
    page!(Errors, "/lab", "error/no_lab.html"),
    asset!(Pages, "common/address.js"),
    asset!(Pages, "common/api.js"),
    asset!(Pages, "common/endpoint.js"),
    asset!(Pages, "common/escape.js"),
    asset!(Pages, "common/experiment_run.js"),
    asset!(Pages, "common/page.js"),
    asset!(Pages, "common/style.css"),
    asset!(Pages, "common/theme.js"),
    asset!(Pages, "common/words.js"),
    asset!(Pages, "error/error.js"),
    asset!(Pages, "landing/landing.css"),
    asset!(Pages, "landing/landing.js"),
    asset!(Pages, "login/account_form.js"),
    asset!(Pages, "login/login.js"),
    asset!(Pages, "online/online.css"),
    asset!(Pages, "online/online.js"),
    asset!(Pages, "online/password.js"),
    asset!(Pages, "online/people.js"),
    asset!(Pages, "online/presence_link.js"),
    asset!(Pages, "inspect/availability.js"),
    asset!(Pages, "inspect/controls.js"),
    asset!(Pages, "inspect/diagram.js"),
    asset!(Pages, "inspect/feed.js"),
    asset!(Pages, "inspect/inspect.css"),
    asset!(Pages, "inspect/inspect.js"),
    asset!(Pages, "inspect/machines.js"),
    asset!(Pages, "inspect/menu.js"),
    asset!(Pages, "inspect/own_socket.js"),
    asset!(Pages, "inspect/pace.js"),
    asset!(Pages, "inspect/reader.js"),
    asset!(Pages, "inspect/status_line.js"),
    asset!(Pages, "inspect/tour.css"),
    asset!(Pages, "inspect/tour.js"),
    asset!(Pages, "inspect/tour_facts.js"),
    asset!(Pages, "inspect/tour_steps.js"),
    asset!(Pages, "rows/bit_grid.js"),
    asset!(Pages, "rows/connection.js"),
    asset!(Pages, "rows/dom.js"),
    asset!(Pages, "rows/field_table.js"),
    asset!(Pages, "rows/field_view.js"),
    asset!(Pages, "rows/fields.js"),
    asset!(Pages, "rows/folds.js"),
    asset!(Pages, "rows/light.js"),
    asset!(Pages, "rows/list.js"),
    asset!(Pages, "rows/log.js"),
    asset!(Pages, "rows/packet_row.js"),
    asset!(Pages, "rows/rows.css"),
    asset!(Pages, "rows/rows.js"),
    asset!(Pages, "rows/unmasking.js"),
    asset!(Pages, "rows/words.js"),
    asset!(Pages, "walkthrough/walkthrough.css"),
    asset!(Pages, "walkthrough/walkthrough.js"),
    asset!(Lab, "lab/copy.js"),
    asset!(Lab, "lab/lab.css"),
    asset!(Lab, "lab/lab.js"),
    asset!(Lab, "lab/outcome.js"),
    asset!(Lab, "lab/run_all.js"),
    asset!(Lab, "lab/trial.js"),
    asset!(Lab, "lab/watched_run.js"),
    asset!(Report, "report/loader.js"),
    asset!(Report, "report/report.html"),
    asset!(Report, "report/report.js"),
];

/// Where the header stands in a page.
const PLACE: &str = "{header}";

/// The header: the ways to the other pages, and the switches of language and theme.
const HEADER: &str = include_str!("common/header.html");

impl File {
    /// The text as it is served: a page has the header in it, with its own link marked, and the walkthrough its articles.
    pub(super) fn body(&self) -> Cow<'static, str> {
        if !self.text.contains(PLACE) {
            return Cow::Borrowed(self.text);
        }
        let link = format!("<a href=\"{}\"", self.path);
        let header = HEADER.trim_end().replace(&link, &format!("{link} aria-current=\"page\""));
        Cow::Owned(walkthrough::fill(self.text.replace(PLACE, &header)))
    }

    /// The file of this name.
    ///
    /// # Panics
    /// If there is none.
    pub(super) fn named(name: &str) -> &'static Self {
        FILES.iter().find(|file| file.name == name).unwrap_or_else(|| panic!("{name} is not listed"))
    }

    /// The specifiers of the modules that a script imports, as they are written: `../common/words.js`. A string that
    /// begins with a relative path is a specifier; scripts have no others.
    pub(super) fn specifiers(&self) -> impl Iterator<Item = &'static str> {
        let strings = self.text.split('"').skip(1);
        strings.filter(|text| text.starts_with("./") || text.starts_with("../"))
    }

    /// The file that a specifier in this one names.
    pub(super) fn resolve(&self, specifier: &str) -> &'static Self {
        let mut path: Vec<&str> = self.name.split('/').collect();
        path.pop();
        for step in specifier.split('/') {
            match step {
                "." => {}
                ".." => _ = path.pop(),
                step => path.push(step),
            }
        }
        Self::named(&path.join("/"))
    }

    /// A script and all that it imports, each behind what it imports.
    pub(super) fn with_imports(&'static self) -> Vec<&'static Self> {
        fn visit(file: &'static File, seen: &mut BTreeSet<&'static str>, ordered: &mut Vec<&'static File>) {
            if seen.insert(file.name) {
                file.specifiers().for_each(|specifier| visit(file.resolve(specifier), seen, ordered));
                ordered.push(file);
            }
        }
        let mut ordered = Vec::new();
        visit(self, &mut BTreeSet::new(), &mut ordered);
        ordered
    }
}

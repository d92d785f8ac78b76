//! The page around a report: the styles and scripts that the live page loads, all in one file. Nothing in it can load
//! anything: its policy names the hashes of its style and its script, and blobs, which only that script can make.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use super::files::File;
use crate::explain::{Language, Shell};

/// The stylesheets of the page, in their order.
const STYLES: [&str; 2] = ["common/style.css", "rows/rows.css"];

/// The text that the loader's list of modules replaces.
const MODULES: &str = "const MODULES = [];";

/// The page around a report. Without a language it speaks the reader's.
#[must_use]
pub fn report(language: Option<Language>) -> Shell {
    let style = STYLES.map(|name| File::named(name).text).concat();
    let script = script();
    let policy = format!(
        "default-src 'none'; script-src {} blob:; style-src {}; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(&style)
    );
    let language = match language {
        None => "",
        Some(Language::En) => " data-language=\"en\"",
        Some(Language::Zh) => " data-language=\"zh\"",
    };
    let page = File::named("report/report.html").text;
    let (before, after) = page.split_once("{data}").unwrap_or((page, ""));
    let mark = File::named("common/favicon.svg").text.split_once("<svg ");
    let mark = mark.map_or(String::new(), |(_, rest)| {
        format!("<svg width=\"28\" height=\"28\" aria-hidden=\"true\" {}", rest.trim_end())
    });
    let before =
        before.replace("{logo}", &mark).replace("{policy}", &policy).replace(" data-language=\"\"", language);
    Shell { before: before.replace("{style}", &style), after: after.replace("{script}", &script) }
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// The loader with the modules that it loads: `[name, text]`, each behind those that it imports. No `<` stands in them,
/// so that nothing ends the element around them.
fn script() -> String {
    let files = File::named("report/report.js").with_imports();
    let modules: Vec<_> = files.iter().map(|file| (file.name, linked(file))).collect();
    let modules = serde_json::to_string(&modules).expect("text is JSON").replace('<', "\\u003c");
    File::named("report/loader.js").text.replace(MODULES, &format!("const MODULES = {modules};"))
}

/// The text of a module, in which `"module:NAME"` names each that it imports, without the lines that are comments: each
/// report carries it.
fn linked(file: &File) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let code: String = file.text.split_inclusive('\n').filter(is_code).collect();
    file.specifiers().fold(code, |text, specifier| {
        let name = file.resolve(specifier).name;
        text.replace(&format!("\"{specifier}\""), &format!("\"module:{name}\""))
    })
}

#[cfg(test)]
mod tests {
    use super::super::files::{FILES, Kind, Part};
    use super::*;

    #[test]
    fn each_module_stands_behind_those_that_it_imports() {
        let script = script();
        let place = |name: &str| script.find(&format!("[\"{name}\",")).unwrap_or_else(|| panic!("{name}"));
        let modules = File::named("report/report.js").with_imports();
        assert!(modules.len() > 5);
        for module in modules {
            for specifier in module.specifiers() {
                assert!(place(module.resolve(specifier).name) < place(module.name), "{}", module.name);
            }
        }
    }

    #[test]
    fn an_import_of_several_lines_is_followed() {
        let text = "import {\n  a,\n  b,\n} from \"../common/words.js\";\nimport { c } from \"./list.js\";\n";
        let file = File { part: Part::Report, path: "", name: "rows/x.js", text, kind: Kind::Script };
        assert_eq!(file.specifiers().collect::<Vec<_>>(), ["../common/words.js", "./list.js"]);
        let linked = linked(&file);
        assert!(linked.contains("} from \"module:common/words.js\";"), "{linked}");
        assert!(linked.contains("from \"module:rows/list.js\""), "{linked}");
    }

    #[test]
    fn the_page_is_whole_and_loads_nothing() {
        let Shell { before, after } = report(Some(Language::Zh));
        assert!(before.contains("<html lang=\"en\" data-language=\"zh\">"), "{}", &before[..300]);
        let page = before + &after;
        for left in [
            "{logo}",
            "{policy}",
            "{style}",
            "{script}",
            "{data}",
            MODULES,
            "from \\\".",
            "src=",
            "url(",
            "href=\"/",
            "@import",
        ] {
            assert!(!page.contains(left), "{left}");
        }
        let scripts = page.matches("<script").count();
        assert_eq!((scripts, page.matches("</script>").count()), (2, 2), "a script ends where it is to end");
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(!report(None).before.contains("data-language"));
        assert!(FILES.iter().filter(|file| file.part == Part::Report).count() >= 3);
    }
}

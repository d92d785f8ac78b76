//! The objects that `explain --ndjson` prints of a capture, and the document that `--json` makes of them.

use std::collections::BTreeMap;

use serde_json::Value;

/// The parts of a connection in the document, in its order: the key, the type of its objects, and whether it is a list.
const PARTS: [(&str, &str, Count); 8] = [
    ("packets", "packet", Count::Many),
    ("transitions", "transition", Count::Many),
    ("upgrade", "upgrade", Count::One),
    ("frames", "frame", Count::Many),
    ("messages", "message", Count::Many),
    ("close", "close", Count::One),
    ("coverage", "coverage", Count::One),
    ("findings", "finding", Count::Many),
];

/// How many objects a part of a connection holds.
#[derive(Clone, Copy)]
enum Count {
    One,
    Many,
}

/// A connection's members as JSON text: those that name it, and its objects by type.
#[derive(Default)]
struct Connection<'t> {
    identity: &'t str,
    objects: BTreeMap<String, Vec<String>>,
}

impl Connection<'_> {
    /// # Panics
    /// If the connection has several objects of a type of which the document has one.
    fn document(&self) -> String {
        let part = |(key, kind, count): (&str, &str, Count)| {
            let objects = self.objects.get(kind).map(Vec::as_slice).unwrap_or_default();
            match count {
                Count::One => {
                    assert!(objects.len() <= 1, "several objects of type {kind}: {objects:?}");
                    format!("\"{key}\":{}", objects.first().map_or("null", String::as_str))
                }
                Count::Many => format!("\"{key}\":[{}]", objects.join(",")),
            }
        };
        format!("{{{},{}}}", self.identity, PARTS.map(part).join(","))
    }
}

/// The document of `--json`, byte for byte, from the objects of `--ndjson`, one a line.
pub(crate) fn document(objects: &str) -> String {
    let mut file = "";
    let mut connections = BTreeMap::<u64, Connection<'_>>::new();
    for line in objects.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        let kind = object["type"].as_str().unwrap();
        let rest = line.strip_prefix(&format!("{{\"type\":\"{kind}\",")).unwrap();
        let Some(stream) = object["stream"].as_u64() else {
            assert_eq!((kind, file), ("file", ""), "one object of no connection: {line}");
            file = rest;
            continue;
        };
        let connection = connections.entry(stream).or_default();
        if kind == "connection" {
            connection.identity = rest.strip_suffix('}').unwrap();
        } else {
            assert!(PARTS.iter().any(|(_, known, _)| *known == kind), "no part of a document: {line}");
            let rest = rest.strip_prefix(&format!("\"stream\":{stream},")).unwrap();
            connection.objects.entry(kind.to_owned()).or_default().push(format!("{{{rest}"));
        }
    }
    let connections: Vec<_> = connections.values().map(Connection::document).collect();
    let (version, facts) = file.split_once(',').unwrap();
    format!("{{{version},\"file\":{{{facts},\"connections\":[{}]}}\n", connections.join(","))
}

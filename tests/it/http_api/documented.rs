//! `docs/api.md` and `docs/openapi.json`: each call is described in both, each command of the page is run by curl against a
//! server, and what it prints is of the shape that both say.

use std::collections::BTreeSet;
use std::process::Command;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};

use crate::support::people::{ADMIN, Login};
use crate::support::raw::Raw;
use crate::support::server::Server;
use crate::support::ws::Client;
use crate::support::{PATIENCE, http, process, random, wait_until};

const PAGE: &str = include_str!("../../../docs/api.md");
const OPENAPI: &str = include_str!("../../../docs/openapi.json");

/// A call as the page describes it.
struct Section {
    method: String,
    path: String,
    text: &'static str,
}

/// A command of the page, and the JSON that it prints.
struct Example {
    command: &'static str,
    printed: Option<Value>,
}

/// The sections whose headings name a call.
fn sections() -> Vec<Section> {
    let sections = PAGE.split("\n### `").skip(1).filter_map(|text| {
        let (heading, rest) = text.split_once("`\n")?;
        let (method, path) = heading.split_once(' ')?;
        let text = rest.split("\n## ").next().unwrap_or(rest);
        Some(Section { method: method.to_lowercase(), path: path.to_owned(), text })
    });
    sections.collect()
}

fn examples(text: &'static str) -> Vec<Example> {
    let blocks = text.split("```sh\n").skip(1).map(|rest| {
        let (command, rest) = rest.split_once("\n```").expect("it ends");
        let printed = rest.trim_start().strip_prefix("```json\n").and_then(|rest| rest.split_once("\n```"));
        let printed = printed.map(|(json, _)| serde_json::from_str(json).expect("JSON"));
        Example { command, printed }
    });
    blocks.collect()
}

/// Returns `true` if a value is of the documented shape: the same keys and types, and each documented element of an array
/// like one that is there.
fn is_like(documented: &Value, actual: &Value) -> bool {
    match (documented, actual) {
        (Value::Object(one), Value::Object(other)) => {
            one.keys().eq(other.keys()) && one.iter().all(|(key, value)| is_like(value, &other[key]))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.iter().all(|value| other.iter().any(|actual| is_like(value, actual)))
        }
        (Value::Null, Value::Null) | (Value::Bool(_), Value::Bool(_)) => true,
        (Value::String(_), Value::String(_)) | (Value::Number(_), Value::Number(_)) => true,
        _ => false,
    }
}

/// The document for programs.
struct OpenApi {
    document: Value,
    compiler: Compiler,
    schemas: Schemas,
}

impl OpenApi {
    fn new() -> Self {
        let document: Value = serde_json::from_str(OPENAPI).expect("JSON");
        let mut compiler = Compiler::new();
        compiler.set_default_draft(boon::Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.add_resource("http://api/openapi.json", document.clone()).expect("a document");
        Self { document, compiler, schemas: Schemas::new() }
    }

    /// Each call, as a method and a path.
    fn calls(&self) -> BTreeSet<(String, String)> {
        let paths = self.document["paths"].as_object().expect("paths").iter();
        paths
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().expect("methods").keys();
                methods.map(|method| (method.clone(), path.clone()))
            })
            .collect()
    }

    /// Pointer to the schema of a call's answer with this status.
    fn answer(&self, method: &str, path: &str, status: u64) -> String {
        let responses = &self.document["paths"][path][method]["responses"];
        let status = status.to_string();
        let row = if responses.get(&status).is_some() { status.as_str() } else { "default" };
        let escaped = path.replace('/', "~1").replace('{', "%7B").replace('}', "%7D");
        format!("#/paths/{escaped}/{method}/responses/{row}/content/application~1json/schema")
    }

    fn compile(&mut self, pointer: &str) -> SchemaIndex {
        let location = format!("http://api/openapi.json{pointer}");
        self.compiler.compile(&location, &mut self.schemas).unwrap_or_else(|error| panic!("{error:#}"))
    }

    #[track_caller]
    fn check(&mut self, pointer: &str, value: &Value) {
        let schema = self.compile(pointer);
        if let Err(error) = self.schemas.validate(value, schema) {
            panic!("{pointer}: {error:#}\n{value}");
        }
    }
}

/// A server in which each command has something to find, and the variables of the commands.
struct Stage {
    server: Server,
    token: String,
    key: String,
    run: String,
    _open: Vec<Client>,
}

impl Stage {
    /// `user` is who is signed in and online; `None`: nobody, and the name is free.
    fn new(user: Option<&str>) -> Self {
        let server = Server::builder().args(&["--lab"]).env("WIREWALK_ADMIN_TOKEN", ADMIN).start();
        let to = server.addr();
        let mut open = Vec::new();
        let login = user.map(|name| Login::register(&server, name));
        open.extend(login.iter().map(|login| login.connect(&server)));
        let half = || format!("{:016x}", u64::from_ne_bytes(random()));
        let (key, run) = (half() + &half(), half() + &half());
        let feed = format!("/inspect/live?key={key}");
        open.push(Client::connect(to, &feed, &[]).expect("a feed"));
        open.push(Client::connect(to, &format!("/echo?inspect={key}"), &[]).expect("an echo"));
        let experiment = Raw::connect(to, &format!("/lab/F02?run={run}"));
        experiment.finish();
        wait_until("the run has ended", PATIENCE, || {
            let json = http::get(to, &format!("/lab/runs/{run}")).json();
            json["data"]["connections"][0]["ended"] == true
        });
        Self { server, token: login.map(|login| login.token).unwrap_or_default(), key, run, _open: open }
    }

    /// What a command prints.
    fn run(&self, command: &str) -> String {
        let command = command.replace("http://127.0.0.1:9001", &self.server.url(""));
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).current_dir(self.server.dir());
        shell.envs([
            ("TOKEN", self.token.as_str()),
            ("ADMIN_TOKEN", ADMIN),
            ("KEY", &self.key),
            ("RUN", &self.run),
        ]);
        shell.env("no_proxy", "127.0.0.1");
        let exit = process::run(&mut shell, PATIENCE);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{command}");
        exit.stdout
    }
}

#[test]
fn each_call_is_on_the_page_with_its_fields() {
    let mut openapi = OpenApi::new();
    let described: BTreeSet<_> = sections().into_iter().map(|it| (it.method, it.path)).collect();
    let (sockets, calls): (BTreeSet<_>, BTreeSet<_>) =
        openapi.calls().into_iter().partition(|(method, path)| {
            openapi.document["paths"][path][method]["responses"].get("101").is_some()
        });
    assert_eq!(calls, described);
    for (_, path) in &sockets {
        assert!(PAGE.contains(&format!("| `{path}` |")), "{path}");
    }
    // Each schema is one, also those of answers that no command below gives.
    for (method, path) in openapi.calls() {
        let answers =
            openapi.document["paths"][&path][&method]["responses"].as_object().expect("answers").clone();
        for (status, answer) in answers {
            if answer["content"].get("application/json").is_some() {
                let pointer = openapi.answer(&method, &path, status.parse().unwrap_or(599));
                openapi.compile(&pointer);
            }
        }
    }
    let schemas = openapi.document["components"]["schemas"].as_object().expect("schemas");
    let fields =
        schemas.values().filter_map(|schema| schema["properties"].as_object()).flat_map(|it| it.keys());
    for field in fields {
        let is_named = |name: &String| PAGE.contains(&format!("`{name}`"));
        assert!(is_named(field) || is_named(&format!("data.{field}")), "{field}");
    }
}

#[test]
#[ignore = "run by tests/run: needs curl"]
fn each_command_of_the_page_prints_what_it_shows() {
    let mut openapi = OpenApi::new();
    // The user that the page speaks of has the number 1, and is online.
    let signed_in = [
        "/user/info",
        "/user/online",
        "/user/password",
        "/logout",
        "/api/presence",
        "/api/push",
        "/api/broadcast",
        "/api/kick",
    ];
    let stages = [Stage::new(None), Stage::new(Some("Ann"))];
    let mut count = 0;
    for Section { method, path, text } in sections() {
        let is_last = ["/logout", "/user/password", "/api/kick"].contains(&path.as_str());
        let own = is_last.then(|| Stage::new(Some("Ann")));
        let stage = own.as_ref().unwrap_or(&stages[usize::from(signed_in.contains(&path.as_str()))]);
        let examples = examples(text);
        assert!(!examples.is_empty(), "{method} {path}: a command");
        for Example { command, printed } in examples {
            count += 1;
            let output = stage.run(command);
            let Some(printed) = printed else {
                let is_saved =
                    std::fs::read(stage.server.dir().join("wirewalk.pcapng")).is_ok_and(|it| it.len() > 100);
                assert!(output == "ok" || is_saved, "{command}: {output}");
                continue;
            };
            let actual: Value =
                serde_json::from_str(&output).unwrap_or_else(|error| panic!("{error}: {output}"));
            let is_same = printed["code"] == actual["code"] && printed["message"] == actual["message"];
            assert!(is_same && is_like(&printed, &actual), "{command}\n{printed}\n{actual}");
            let status = actual["code"].as_u64().expect("a status");
            openapi.check(&openapi.answer(&method, &path, status), &actual);
            openapi.check(&openapi.answer(&method, &path, status), &printed);
            if let Some((_, body)) = command.split_once("--json '").filter(|_| status == 200) {
                let body: Value = serde_json::from_str(body.trim_end_matches('\'')).expect("JSON");
                let escaped = path.replace('/', "~1");
                let pointer =
                    format!("#/paths/{escaped}/{method}/requestBody/content/application~1json/schema");
                openapi.check(&pointer, &body);
            }
        }
    }
    let sockets = PAGE.split_once("\n## WebSockets\n").expect("a section").1;
    for Example { command, printed } in examples(sockets) {
        count += 1;
        let actual: Value = serde_json::from_str(&stages[0].run(command)).expect("JSON");
        assert_eq!(printed, Some(actual), "{command}");
    }
    assert_eq!(count, PAGE.matches("```sh\n").count());
}

#[test]
fn shapes_and_schemas_can_be_wrong() {
    let documented = json!({ "a": [{ "b": 1 }], "c": null });
    for (actual, like) in [
        (json!({ "a": [{ "x": 1 }, { "b": 2 }], "c": null }), true),
        (json!({ "a": [], "c": null }), false),
        (json!({ "a": [{ "b": "2" }], "c": null }), false),
        (json!({ "a": [{ "b": 2 }], "c": 1 }), false),
        (json!({ "a": [{ "b": 2 }] }), false),
    ] {
        assert_eq!(is_like(&documented, &actual), like, "{actual}");
    }
    let mut openapi = OpenApi::new();
    let pointer = openapi.answer("post", "/api/push", 200);
    let schema = openapi.compile(&pointer);
    for (answer, right) in [
        (json!({ "code": 200, "message": "ok", "data": { "delivered": 1 } }), true),
        (json!({ "code": 200, "message": "ok", "data": { "delivered": "1" } }), false),
        (json!({ "code": 200, "message": "ok", "data": { "delivered": 1, "more": 1 } }), false),
        (json!({ "code": 404, "message": "ok", "data": { "delivered": 1 } }), false),
        (json!({ "code": 200, "message": "ok" }), false),
    ] {
        assert_eq!(openapi.schemas.validate(&answer, schema).is_ok(), right, "{answer}");
    }
}

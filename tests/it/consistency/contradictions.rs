//! What excludes each other, one row for each pair of statements.

use serde_json::{Value, json};

use super::told::{Connection, Told};

/// Two statements about a connection that exclude each other.
pub(super) struct Contradiction {
    pub(super) what: &'static str,
    is_said: fn(&Connection) -> bool,
    /// Makes a connection that closed in order say both.
    pub(super) plant: fn(&mut Connection),
}

/// The contradictions in what is told of a capture.
pub(super) fn contradictions(told: &Told) -> Vec<String> {
    let of_one = |connection: &Connection| {
        let said = CONTRADICTIONS.iter().filter(|row| (row.is_said)(connection));
        let stream = &connection.json["stream"];
        said.map(|row| format!("connection {stream}: {}: {}", row.what, connection.json["close"]))
            .collect::<Vec<_>>()
    };
    told.connections.iter().flat_map(of_one).collect()
}

const SIDES: [&str; 2] = ["client", "server"];

pub(super) const CONTRADICTIONS: &[Contradiction] = &[
    Contradiction {
        what: "the cause of the verdict is none of the findings, or is surer than it",
        is_said: |it| {
            let cause = &it.verdict()["cause"];
            let is_it = |found: &Value| {
                let word = found["inference"].as_str().and_then(|text| text.split(':').next());
                found["id"] == cause["finding"]
                    && word.is_some_and(|word| cause["certainty"] == word.to_lowercase().as_str())
            };
            !cause.is_null() && !it.list("findings").any(is_it)
        },
        plant: |it| it.json["close"]["verdict"]["cause"] = json!({"finding": "F02", "certainty": "certain"}),
    },
    Contradiction {
        what: "the verdict names another end than the close",
        is_said: |it| {
            let (verdict, close) = (it.verdict(), it.close());
            !verdict.is_null()
                && (verdict["ended_by"] != close["first"] || verdict["layer"] != close["layer"])
        },
        plant: |it| it.json["close"]["first"] = json!("nobody"),
    },
    Contradiction {
        what: "a verdict of what is open, or none of a WebSocket that ended",
        is_said: |it| {
            let is_websocket = it.list("frames").next().is_some();
            let is_open = it.close()["first"].is_null();
            it.verdict().is_null() != is_open && (is_websocket || is_open)
        },
        plant: |it| it.json["close"]["verdict"] = Value::Null,
    },
    Contradiction {
        what: "the words give another verdict than the JSON",
        is_said: |it| {
            let text = it.verdict()["text"].as_str().unwrap_or_default();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = text.trim_end_matches('.');
            !it.verdict().is_null() && !it.words.contains(text)
                || it.verdict().is_null()
                    && it.says("Verdict:")
                    && !it.says("Verdict: the capture does not show how it ended")
        },
        plant: |it| it.json["close"]["verdict"]["text"] = json!("Verdict: nobody knows."),
    },
    Contradiction {
        what: "C01 or C02, though a Close frame was captured before that end",
        is_said: |it| {
            ["C01", "C02"].iter().flat_map(|id| it.found(id)).any(|found| {
                let end = found["packets"][0].as_u64();
                SIDES.iter().flat_map(|side| it.closes(side)).any(|close| last_packet(close) <= end)
            })
        },
        plant: |it| it.find("C01", "server", 1_000_000),
    },
    Contradiction {
        what: "\"no Close frame before it\", though one of that side came no later",
        is_said: |it| {
            let end = it.verdict()["packet"].as_u64();
            let first = it.close()["first"].as_str().unwrap_or_default();
            (it.says("no Close frame before it") || it.says(": no Close frame, no FIN"))
                && it.closes(first).any(|close| last_packet(close) <= end)
        },
        plant: |it| it.words += " and no Close frame before it",
    },
    Contradiction {
        what: "\"did not answer with a Close frame\", though it did",
        is_said: |it| {
            let is_said = |side: &&str| it.says(&format!("he {side} did not answer with a Close frame"));
            SIDES.into_iter().filter(is_said).any(|side| it.closes(side).next().is_some())
        },
        plant: |it| {
            it.words += " The client did not answer with a Close frame. The server did not answer with a Close frame.";
        },
    },
    Contradiction {
        what: "C06 or C09, though both Close frames were captured",
        is_said: |it| {
            let both = SIDES.iter().all(|side| it.closes(side).next().is_some());
            both && ["C06", "C09"].iter().any(|id| it.found(id).next().is_some())
        },
        plant: |it| it.find("C06", "client", 1),
    },
    Contradiction {
        what: "clean, though the closing handshake is found broken",
        is_said: |it| {
            let broken = ["C01", "C02", "C04", "C05", "C06", "C09"];
            it.close()["clean"] == true && broken.iter().any(|id| it.found(id).next().is_some())
        },
        plant: |it| it.find("C04", "client", 1),
    },
    Contradiction {
        what: "clean, though TCP did not close in order",
        is_said: |it| {
            let is_orderly = ["four-segment", "three-segment", "simultaneous"].contains(&it.tcp());
            it.close()["clean"] == true && !is_orderly
        },
        plant: |it| it.json["close"]["tcp"] = json!("reset"),
    },
    Contradiction {
        what: "in order, though it is not clean",
        is_said: |it| it.close()["clean"] != true && it.says("closing handshake and TCP's end are in order"),
        plant: |it| it.json["close"]["clean"] = json!(false),
    },
    Contradiction {
        what: "an end stays in TIME-WAIT, though its last state is another",
        is_said: |it| {
            let last = it.list("packets").last().map(|packet| packet["tcp"].clone()).unwrap_or_default();
            let is_said = |side: &&str| {
                it.says(&format!("he {side} sent its FIN first and stays in TIME-WAIT"))
                    || it.says("both stay in TIME-WAIT")
                    || *side == "client" && it.found("T11").next().is_some()
            };
            SIDES.into_iter().filter(is_said).any(|side| last[side] != "TIME-WAIT")
        },
        plant: |it| it.words += " so both stay in TIME-WAIT for 2 MSL",
    },
    Contradiction {
        what: "still open, though it was closed",
        is_said: |it| it.says("still open where the capture ends") && !it.close()["first"].is_null(),
        plant: |it| it.words += " It is still open where the capture ends.",
    },
    Contradiction {
        what: "an API reports a code that the peer's Close frame does not have",
        is_said: |it| {
            SIDES.iter().zip(["server_code", "client_code"]).any(|(side, peer)| {
                let code = it.reported(side).and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
                code.is_some_and(|code| code != 1006 && it.close()[peer] != code)
            })
        },
        plant: |it| it.json["close"]["reported"]["client"] = json!("4321 wasClean=true"),
    },
    Contradiction {
        what: "a code without a Close frame, or a Close frame that was read without its code",
        is_said: |it| {
            SIDES.iter().any(|side| {
                let has_code = !it.close()[format!("{side}_code").as_str()].is_null();
                has_code && it.closes(side).next().is_none()
            })
        },
        plant: |it| {
            let frames = it.json["frames"].as_array_mut().expect("a list");
            frames.retain(|frame| frame["opcode"] != "close");
        },
    },
    Contradiction {
        what: "the words report another code than the JSON",
        is_said: |it| {
            SIDES.iter().any(|side| {
                let text = it.reported(side);
                text.is_some_and(|text| {
                    text.starts_with(char::is_numeric)
                        && !it.says(&format!("he {side}'s API reports {text}."))
                })
            })
        },
        plant: |it| it.words = it.words.replace("'s API reports ", "'s API says "),
    },
    Contradiction {
        what: "a clean end is reported by a socket that was closed with this Close frame unread",
        is_said: |it| {
            it.found("T06").any(|found| {
                let Some(side) = found["at_fault"].as_str() else { return false };
                let peer = if side == "client" { "server" } else { "client" };
                let packets = found["packets"].as_array().expect("a list");
                let is_unread = it
                    .closes(peer)
                    .any(|close| packets.iter().any(|it| Some(it.as_u64()) == Some(last_packet(close))));
                is_unread && it.reported(side).is_some_and(|text| text.ends_with("wasClean=true"))
            })
        },
        plant: |it| {
            let close = it.closes("server").next().and_then(last_packet).expect("a Close frame");
            it.find("T06", "client", close);
            it.json["close"]["reported"]["client"] = json!("1001 wasClean=true");
        },
    },
    Contradiction {
        what: "TCP ended with a RST, though it closed with FINs; or the other way round",
        is_said: |it| {
            let by_fins = ["TCP closed with four segments", "TCP closed with three segments"];
            it.says("TCP ended with a RST, not with FINs") && it.tcp() != "reset"
                || it.tcp() == "reset" && by_fins.iter().any(|text| it.says(text))
        },
        plant: |it| it.words += " TCP ended with a RST, not with FINs.",
    },
    Contradiction {
        what: "a ping without a pong, though a pong with its body came",
        is_said: |it| {
            it.found("F15")
                .filter(|found| found["fact"].as_str().is_some_and(|it| it.contains("not answered")))
                .any(|found| {
                    let frames: Vec<_> = it.list("frames").collect();
                    let Some(place) = found["frame"].as_u64().map(|place| place as usize) else {
                        return false;
                    };
                    let Some(ping) = frames.get(place) else { return true };
                    let is_answer = |frame: &&&Value| {
                        frame["opcode"] == "pong"
                            && frame["from"] != ping["from"]
                            && frame["preview"] == ping["preview"]
                    };
                    frames[place..].iter().any(|frame| is_answer(&frame))
                })
        },
        plant: |it| {
            let frame =
                |from, opcode| json!({"from": from, "opcode": opcode, "preview": "x", "packets": [1]});
            let frames = it.json["frames"].as_array_mut().expect("a list");
            frames.insert(0, frame("client", "ping"));
            frames.insert(1, frame("server", "pong"));
            it.find("F15", "server", 1);
            let findings = it.json["findings"].as_array_mut().expect("a list");
            let last = findings.last_mut().expect("one");
            (last["frame"], last["fact"]) = (json!(0), json!("The ping was not answered"));
        },
    },
    Contradiction {
        what: "nothing came back, though packets of the server were captured",
        is_said: |it| it.found("T01").next().is_some() && it.list("packets").any(|it| it["from"] == "server"),
        plant: |it| it.find("T01", "server", 1),
    },
    Contradiction {
        what: "refused, though the connection was established",
        is_said: |it| {
            let opens = |it: &Value| it["side"] == "client" && it["to"] == "ESTABLISHED";
            it.found("T02").next().is_some() && it.list("transitions").any(opens)
        },
        plant: |it| it.find("T02", "server", 1),
    },
];

fn last_packet(frame: &Value) -> Option<u64> {
    frame["packets"].as_array()?.last()?.as_u64()
}

impl Connection {
    fn close(&self) -> &Value {
        &self.json["close"]
    }

    fn verdict(&self) -> &Value {
        &self.close()["verdict"]
    }

    fn tcp(&self) -> &str {
        self.close()["tcp"].as_str().unwrap_or_default()
    }

    fn reported(&self, side: &str) -> Option<&str> {
        self.close()["reported"][side].as_str()
    }

    fn says(&self, text: &str) -> bool {
        self.words.contains(text)
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.json[name].as_array().into_iter().flatten()
    }

    fn found(&self, id: &str) -> impl Iterator<Item = &Value> {
        self.list("findings").filter(move |found| found["id"] == id)
    }

    /// The Close frames of a side that are frames: with FIN, and not too long.
    fn closes(&self, side: &str) -> impl Iterator<Item = &Value> {
        self.list("frames").filter(move |frame| {
            let is_legal = frame["fin"] == true && frame["length"].as_u64().is_some_and(|it| it <= 125);
            frame["from"] == side && frame["opcode"] == "close" && is_legal
        })
    }

    /// Adds a finding.
    fn find(&mut self, id: &str, side: &str, packet: u64) {
        let finding = json!({
            "id": id, "packets": [packet], "at_fault": side, "frame": null, "fact": "", "inference": "Certain: .",
        });
        self.json["findings"].as_array_mut().expect("a list").push(finding);
    }
}

//! The live ladder of a capture has the same rows as the ladder of the whole.

use std::io::Cursor;

use anstream::StripStream;
use wirewalk::capture::Reader;
use wirewalk::explain::{File, Ladder, LadderStyle, LiveLadder, Overview, View};
use wirewalk::observe::{Config, Observer};

use crate::captures::{directory, table};

/// The output of a view for a capture.
fn rendered(name: &str, view: &mut dyn View) {
    let mut reader = Reader::open(&directory().join(format!("{name}.pcapng"))).unwrap();
    let mut observer = Observer::new(Config::default());
    while let Some(packet) = reader.next_packet() {
        let Ok(segment) = packet.segment else { continue };
        let step = observer.observe(&segment);
        while let Some(ended) = observer.poll_ended() {
            view.ended(&ended).unwrap();
        }
        view.step(&step).unwrap();
    }
    observer.finish().for_each(|ended| view.ended(&ended).unwrap());
    view.finish(&File::default()).unwrap();
}

/// The rows of the packets, without braces, and the words at the end. What the whole alone can tell is left out: several
/// acknowledgments in one, which part of how many a segment is, and what time brings when no packet comes.
fn rows(text: &str, margin: usize) -> Vec<String> {
    let lines = text.lines().map(|line| line.chars().skip(margin).collect::<String>());
    let lines = lines.map(|line| line.replace(['╭', '╰', '├', '│', '┌', '└'], " ").trim().to_owned());
    let later = [" ACKs", "part ", " MSL later", " B seq=", "┄ACK seq="];
    lines.filter(|line| !line.is_empty() && !later.iter().any(|word| line.contains(word))).collect()
}

#[test]
fn a_capture_has_the_same_rows_live_and_as_a_whole() {
    for row in table() {
        let (mut whole, mut live) = (Vec::new(), Vec::new());
        let mut overview = Overview::default();
        rendered(&row.name, &mut overview);
        let to = StripStream::new(&mut whole);
        rendered(&row.name, &mut Ladder::new(to, LadderStyle::default(), overview, Cursor::new(Vec::new())));
        // As wide behind the number of its connection.
        let style = LadderStyle { width: LadderStyle::USUAL + 5, ..LadderStyle::default() };
        rendered(&row.name, &mut LiveLadder::new(StripStream::new(&mut live), style));
        let (whole, live) = (String::from_utf8(whole).unwrap(), String::from_utf8(live).unwrap());
        let live = live.split("\nBackground\n").next().unwrap();
        assert!(live.lines().all(|line| line.starts_with('[') || line.is_empty()), "whose is it: {live}");
        let streams = whole.lines().filter(|line| line.contains("Connection ")).count();
        let mut compared = 0;
        for stream in 0..streams {
            let tag = format!("[{stream}]");
            let of_live: String =
                live.lines().filter(|line| line.starts_with(&tag)).flat_map(|line| [line, "\n"]).collect();
            let begin = whole.find(&format!("Connection {stream}")).unwrap();
            let end = whole.find(&format!("Connection {}", stream + 1)).unwrap_or(whole.len());
            // What teaches stands once, at the end of the whole; the answer before the rows, and live behind them.
            let of_whole = whole[begin..end].split("\nBackground\n").next().unwrap();
            let (mut of_live, mut of_whole) = (rows(&of_live, 5), rows(of_whole, 0));
            of_live.sort();
            of_whole.sort();
            assert_eq!(of_live, of_whole, "{} stream {stream}", row.name);
            compared += of_whole.len();
        }
        assert!(compared > 15, "{}: {compared}", row.name);
    }
}

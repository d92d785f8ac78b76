//! The picture of the README: one's own connection on the live page, from Connect to TIME-WAIT, as it moves.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::Watcher;
use crate::support::PATIENCE;
use crate::support::chrome::Theme;
use crate::support::temp::TempDir;

/// The most that the picture may take, in bytes.
const MOST: u64 = 1_500_000;

/// Whether the ladder shows the text and its echo.
const ECHOED: &str =
    "[...document.querySelectorAll('.packet')].filter(row => row.innerText.includes('TEXT')).length === 2";

/// How long a frame stands, in milliseconds.
const FRAME_MS: u16 = 1_400;

/// The frames, as they were taken.
struct Frames {
    page_of: TempDir,
    taken: Vec<PathBuf>,
}

impl Frames {
    /// The line that says what just happened changes once a second at most.
    fn take(&mut self, ada: &Watcher) {
        ada.page.eval("new Promise(done => setTimeout(done, 1_200))");
        let path = self.page_of.join(&format!("{}.png", self.taken.len()));
        ada.page.screenshot(&path);
        self.taken.push(path);
    }

    /// One animated picture (APNG) of all; the last frame stands longer.
    fn write(&self, to: &Path) {
        let frames: Vec<_> = self.taken.iter().map(|path| Frame::read(path)).collect();
        let first = &frames[0];
        let mut encoder = png::Encoder::new(File::create(to).unwrap(), first.width, first.height);
        encoder.set_color(first.color);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.set_animated(u32::try_from(frames.len()).unwrap(), 0).unwrap();
        let mut writer = encoder.write_header().unwrap();
        for (place, frame) in frames.iter().enumerate() {
            let stands = if place + 1 == frames.len() { 3 * FRAME_MS } else { FRAME_MS };
            writer.set_frame_delay(stands, 1_000).unwrap();
            writer.write_image_data(&frame.pixels).unwrap();
        }
        writer.finish().unwrap();
    }
}

/// A decoded screenshot.
struct Frame {
    width: u32,
    height: u32,
    color: png::ColorType,
    pixels: Vec<u8>,
}

impl Frame {
    fn read(path: &Path) -> Self {
        let mut reader = png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        pixels.truncate(info.buffer_size());
        Self { width: info.width, height: info.height, color: info.color_type, pixels }
    }
}

/// `UPDATE_EXPECT=1` keeps it for the README.
#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_readme_shows_a_connection_as_it_moves() {
    let ada = Watcher::open();
    ada.page.viewport(1366, 625);
    ada.page.theme(Theme::Light);
    let mut frames = Frames { page_of: TempDir::new(), taken: Vec::new() };
    frames.take(&ada);
    ada.connect();
    frames.take(&ada);
    ada.page.click("#send-text");
    ada.page.wait(ECHOED, PATIENCE);
    frames.take(&ada);
    ada.press("ping");
    ada.shows("PONG \"wirewalk\" 8 B masked");
    frames.take(&ada);
    ada.page.eval("[...document.querySelectorAll('.packet')].find(row => row.innerText.includes('TEXT')).querySelector('button, summary').click()");
    frames.take(&ada);
    ada.press("close");
    ada.shows("ws CLOSED");
    frames.take(&ada);

    let made = frames.page_of.join("inspect.png");
    frames.write(&made);
    let size = made.metadata().unwrap().len();
    assert!(size < MOST, "{size} B");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/inspect.png");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::copy(&made, &committed).unwrap();
    }
    let count = |path: &Path| {
        let reader = png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
        reader.info().animation_control.map(|control| control.num_frames)
    };
    assert_eq!(count(&committed), count(&made), "UPDATE_EXPECT=1 makes it anew");
    assert!(committed.metadata().unwrap().len() < MOST);
    ada.complains_of_nothing();
}

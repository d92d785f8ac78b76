//! What was measured: as a table, and as a picture on logarithmic scales.

use std::fmt;

use crate::svg;

/// What was measured.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    /// What the x axis counts.
    pub(crate) x: &'static str,
    /// What the y axis is.
    pub(crate) y: &'static str,
    /// How a value is written.
    pub(crate) show: fn(f64) -> String,
    /// How it may grow at most.
    pub(crate) growth: Growth,
    pub(crate) series: Vec<Series>,
}

/// How a cost may grow at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    /// Not at all: it is the cost of one.
    Level,
    /// With the number: it is the cost of all.
    Linear,
}

/// What was measured of one thing.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<(usize, f64)>,
}

impl Series {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, points: Vec::new() }
    }

    pub(crate) fn add(&mut self, number: usize, value: f64) {
        self.points.push((number, value));
    }

    /// The power of the number with which it grows: the slope of the straight line that fits best on logarithmic scales.
    fn power(&self) -> f64 {
        let points = self.points.iter().map(|&(number, value)| ((number as f64).ln(), value.ln()));
        let count = self.points.len() as f64;
        let (x, y) =
            points.clone().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
        let (over, under) = points.fold((0.0, 0.0), |(over, under), point| {
            (over + (point.0 - x) * (point.1 - y), under + (point.0 - x).powi(2))
        });
        over / under
    }

    fn at(&self, number: usize) -> Option<f64> {
        self.points.iter().find(|(x, _)| *x == number).map(|(_, value)| *value)
    }
}

impl Chart {
    /// The picture.
    pub(crate) fn svg(&self) -> String {
        svg::draw(self)
    }
}

/// The table, in Markdown.
impl fmt::Display for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})\n", self.title, self.y)?;
        let names: Vec<_> = self.series.iter().map(|series| series.name).collect();
        writeln!(f, "| {} | {} |", self.x, names.join(" | "))?;
        writeln!(f, "|{}", " --: |".repeat(names.len() + 1))?;
        let mut numbers: Vec<_> =
            self.series.iter().flat_map(|series| series.points.iter().map(|(x, _)| *x)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            let values = self.series.iter().map(|series| series.at(number).map_or("–".to_owned(), self.show));
            writeln!(f, "| {number} | {} |", values.collect::<Vec<_>>().join(" | "))?;
        }
        let powers = self.series.iter().filter(|series| series.points.len() > 1);
        let powers = powers.map(|series| format!("{} n^{:.2}", series.name, series.power()));
        writeln!(f, "\nGrows as: {}", powers.collect::<Vec<_>>().join("; "))
    }
}

/// Three digits, and the largest unit of which there is one.
fn scaled(value: f64, units: &[&str]) -> String {
    let (mut value, mut unit) = (value, 0);
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = match value {
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {}", units[unit])
}

pub(crate) fn plain(value: f64) -> String {
    scaled(value, &[""]).trim_end().to_owned()
}

pub(crate) fn bytes(value: f64) -> String {
    scaled(value, &["B", "kB", "MB", "GB"])
}

pub(crate) fn microseconds(value: f64) -> String {
    scaled(value, &["µs", "ms", "s"])
}

pub(crate) fn nanoseconds(value: f64) -> String {
    scaled(value, &["ns", "µs", "ms", "s"])
}

//! A chart as SVG: both scales logarithmic, readable on a light and on a dark page, series told apart by more than colour.

use std::fmt::Write as _;

use crate::chart::{Chart, Growth, Series};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;

/// Where the scales begin and end.
const LEFT: f64 = 84.0;
const RIGHT: f64 = 696.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 330.0;

/// Colours that are told apart, and read, on both backgrounds.
const STYLE: &str = "\
    svg { --page: #ffffff; --ink: #1f2328; --dim: #59636e; --grid: #d8dee4; --a: #0550ae; --b: #a04100; --c: #1a7f37;\n    \
    font: 13px system-ui, sans-serif }\n  \
    @media (prefers-color-scheme: dark) {\n    \
    svg { --page: #0d1117; --ink: #f0f6fc; --dim: #9198a1; --grid: #2a313c; --a: #79c0ff; --b: #ffa657; --c: #7ee787 }\n  }\n  \
    .page { fill: var(--page) } text { fill: var(--ink) } .title { font-size: 16px; font-weight: 600 } .dim { fill: var(--dim) }\n  \
    .grid { stroke: var(--grid) } .guide { stroke: var(--dim); stroke-dasharray: 2 5 } .line { fill: none; stroke-width: 2 }\n  \
    .a { stroke: var(--a) } .b { stroke: var(--b) } .c { stroke: var(--c) } .point { fill: var(--page); stroke-width: 2 }\n";

/// How the series look: a colour, dashes, and the mark of a point.
const LOOKS: [(&str, &str, Mark); 3] =
    [("a", "none", Mark::Circle), ("b", "7 4", Mark::Square), ("c", "2 3", Mark::Diamond)];

#[derive(Debug, Clone, Copy)]
enum Mark {
    Circle,
    Square,
    Diamond,
}

impl Mark {
    /// The outline, around the origin.
    const fn path(self) -> &'static str {
        match self {
            Self::Circle => "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
            Self::Square => "M-4 -4h8v8h-8z",
            Self::Diamond => "M0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z",
        }
    }
}

/// A logarithmic scale.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// Powers of ten.
    low: f64,
    high: f64,
    begin: f64,
    end: f64,
}

/// Room beside the outermost points, in decades.
const ROOM: f64 = 0.1;

impl Scale {
    /// From the least of the values to the greatest, at least a decade.
    fn over(values: impl Iterator<Item = f64> + Clone, begin: f64, end: f64) -> Self {
        let powers = values.map(|value| value.max(f64::MIN_POSITIVE).log10());
        let low = powers.clone().fold(f64::INFINITY, f64::min) - ROOM;
        let high = powers.fold(f64::NEG_INFINITY, f64::max) + ROOM;
        let more = (1.0 - (high - low)).max(0.0) / 2.0;
        Self { low: low - more, high: high + more, begin, end }
    }

    fn at(self, value: f64) -> f64 {
        let part = (value.log10() - self.low) / (self.high - self.low);
        self.begin + part * (self.end - self.begin)
    }

    /// The least value that it shows.
    fn least(self) -> f64 {
        10_f64.powf(self.low)
    }

    /// Where it is marked: at powers of ten, and between them where there are few.
    fn marks(self) -> impl Iterator<Item = f64> {
        let between: &[f64] = if self.high - self.low < 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        (self.low.floor() as i32..=self.high as i32)
            .flat_map(move |power| between.iter().map(move |part| part * 10_f64.powi(power)))
            .filter(move |value| (self.low..=self.high).contains(&value.log10()))
    }
}

/// The picture.
pub(crate) fn draw(chart: &Chart) -> String {
    let points = || chart.series.iter().flat_map(|series| series.points.iter().copied());
    let x = Scale::over(points().map(|(number, _)| number as f64), LEFT, RIGHT);
    let y = Scale::over(points().map(|(_, value)| value), BOTTOM, TOP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n\
         <title>{}</title>\n<style>\n  {STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
         <text class=\"title\" x=\"24\" y=\"28\">{}</text>\n\
         <text class=\"dim\" x=\"24\" y=\"46\">{}</text>\n\
         <text class=\"dim\" x=\"{RIGHT}\" y=\"{}\" text-anchor=\"end\">{} →</text>\n",
        escaped(chart.title),
        escaped(chart.title),
        escaped(chart.y),
        BOTTOM + 36.0,
        escaped(chart.x),
    );
    grid(&mut svg, chart, x, y);
    guide(&mut svg, chart, x, y);
    for (place, series) in chart.series.iter().enumerate() {
        line(&mut svg, chart, series, place, x, y);
    }
    svg.push_str("</svg>\n");
    svg
}

// Writing to a String cannot fail.
macro_rules! put {
    ($svg:expr, $($text:tt)*) => {{ let _ = writeln!($svg, $($text)*); }};
}

fn grid(svg: &mut String, chart: &Chart, x: Scale, y: Scale) {
    for value in x.marks() {
        let at = x.at(value);
        put!(svg, r#"<path class="grid" d="M{at:.1} {TOP}V{BOTTOM}"/>"#);
        put!(svg, r#"<text x="{at:.1}" y="{}" text-anchor="middle">{}</text>"#, BOTTOM + 18.0, short(value));
    }
    for value in y.marks() {
        let at = y.at(value);
        put!(svg, r#"<path class="grid" d="M{LEFT} {at:.1}H{RIGHT}"/>"#);
        // Nobody needs the digits of a power of ten.
        let label = (chart.show)(value).replace(".00 ", " ").replace(".0 ", " ");
        put!(
            svg,
            r#"<text x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT - 8.0,
            at + 4.5,
            escaped(&label)
        );
    }
}

/// What growth in proportion looks like, through the last point of the first series, as far as the picture goes.
fn guide(svg: &mut String, chart: &Chart, x: Scale, y: Scale) {
    let Some(&(number, value)) = chart.series.first().and_then(|series| series.points.last()) else { return };
    let number = number as f64;
    let rise = match chart.growth {
        Growth::Linear => (number * y.least() / value).max(x.least()),
        Growth::Level => x.least(),
    };
    let height = |at: f64| match chart.growth {
        Growth::Linear => value * at / number,
        Growth::Level => value,
    };
    let name = match chart.growth {
        Growth::Linear => "linear",
        Growth::Level => "level",
    };
    let (from, to) = ((x.at(rise), y.at(height(rise))), (x.at(number), y.at(value)));
    put!(svg, r#"<path class="guide" d="M{:.1} {:.1}L{:.1} {:.1}"/>"#, from.0, from.1, to.0, to.1);
    put!(svg, r#"<text class="dim" x="{:.1}" y="{:.1}">{name}</text>"#, from.0 + 6.0, from.1 - 6.0);
}

fn line(svg: &mut String, chart: &Chart, series: &Series, place: usize, x: Scale, y: Scale) {
    let (colour, dashes, mark) = LOOKS[place % LOOKS.len()];
    let places =
        || series.points.iter().map(|&(number, value)| (x.at(number as f64), y.at(value), number, value));
    let path: Vec<_> = places().map(|(x, y, ..)| format!("{x:.1} {y:.1}")).collect();
    put!(svg, r#"<path class="line {colour}" stroke-dasharray="{dashes}" d="M{}"/>"#, path.join("L"));
    for (x, y, number, value) in places() {
        put!(
            svg,
            r#"<path class="point {colour}" transform="translate({x:.1} {y:.1})" d="{}"><title>{}</title></path>"#,
            mark.path(),
            escaped(&format!("{}, {number}: {}", series.name, (chart.show)(value)))
        );
    }
    // The legend, below the scale.
    let (left, at) = (LEFT, BOTTOM + 36.0 + 16.0 * place as f64);
    put!(svg, r#"<path class="line {colour}" stroke-dasharray="{dashes}" d="M{left} {:.1}h36"/>"#, at - 4.0);
    put!(
        svg,
        r#"<path class="{colour} point" transform="translate({} {:.1})" d="{}"/>"#,
        left + 18.0,
        at - 4.0,
        mark.path()
    );
    put!(svg, r#"<text x="{}" y="{at:.1}">{}</text>"#, left + 46.0, escaped(series.name));
}

/// A round number as people write it on a scale.
fn short(value: f64) -> String {
    match value {
        ..1e3 => format!("{value}"),
        1e3..1e6 => format!("{}k", value / 1e3),
        _ => format!("{}M", value / 1e6),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

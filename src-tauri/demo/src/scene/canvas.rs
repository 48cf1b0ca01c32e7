//! Something to paint on, and the few shapes and inks that all scenes share.

use tiny_skia::{
    BlendMode, FillRule, FilterQuality, GradientStop, LinearGradient, Paint, Path, PathBuilder, Pattern, Pixmap, Point,
    RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

use super::palette::Rgb;

pub(super) struct Canvas {
    pub pixmap: Pixmap,
    pub width: f32,
    pub height: f32,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Option<Self> {
        Some(Self { pixmap: Pixmap::new(width, height)?, width: width as f32, height: height as f32 })
    }

    /// The measure of all things drawn: a share of it looks alike in every format.
    pub(super) fn unit(&self) -> f32 {
        self.width.min(self.height)
    }

    pub(super) fn fill(&mut self, shape: Option<Path>, ink: Shader<'_>) {
        self.blend(shape, ink, BlendMode::SourceOver);
    }

    pub(super) fn blend(&mut self, shape: Option<Path>, ink: Shader<'_>, blend_mode: BlendMode) {
        if let Some(shape) = shape {
            let paint = Paint { shader: ink, blend_mode, anti_alias: true, ..Paint::default() };
            self.pixmap.fill_path(&shape, &paint, FillRule::Winding, Transform::identity(), None);
        }
    }

    pub(super) fn wash(&mut self, ink: Shader<'_>, blend_mode: BlendMode) {
        let whole = rect(0.0, 0.0, self.width, self.height);
        self.blend(whole, ink, blend_mode);
    }

    /// Light around a lamp or a sun.
    pub(super) fn shine(&mut self, middle: (f32, f32), reach: f32, stops: &[(f32, Rgb, f32)]) {
        let (left, top) = ((middle.0 - reach).max(0.0), (middle.1 - reach).max(0.0));
        let (right, bottom) = ((middle.0 + reach).min(self.width), (middle.1 + reach).min(self.height));
        self.blend(rect(left, top, right - left, bottom - top), glow(middle, reach, stops), BlendMode::Screen);
    }

    pub(super) fn line(&mut self, shape: Option<Path>, width: f32, ink: Shader<'_>) {
        if let Some(shape) = shape {
            let paint = Paint { shader: ink, anti_alias: true, ..Paint::default() };
            let stroke = Stroke { width, ..Stroke::default() };
            self.pixmap.stroke_path(&shape, &paint, &stroke, Transform::identity(), None);
        }
    }

    /// A band across the picture whose ink changes from top to bottom.
    pub(super) fn band(&mut self, top: f32, bottom: f32, stops: &[(f32, Rgb)]) {
        let (first, last) = (top.max(0.0) as usize, bottom.clamp(0.0, self.height) as usize);
        let length = self.pixmap.width() as usize * 4;
        let rows = self.pixmap.data_mut().chunks_exact_mut(length).enumerate();
        for (y, row) in rows.skip(first).take(last.saturating_sub(first)) {
            let ink = between(stops, (y as f32 - top) / (bottom - top)).alpha(1.0);
            let ink = ink.premultiply().to_color_u8();
            repeat(row, [ink.red(), ink.green(), ink.blue(), u8::MAX]);
        }
    }
}

pub(super) fn solid(colour: Rgb, alpha: f32) -> Shader<'static> {
    Shader::SolidColor(colour.alpha(alpha))
}

/// From top to bottom; stops are place, colour and opacity.
pub(super) fn fade(top: f32, bottom: f32, stops: &[(f32, Rgb, f32)]) -> Shader<'static> {
    across((0.0, top), (0.0, bottom), stops)
}

pub(super) fn across(from: (f32, f32), to: (f32, f32), stops: &[(f32, Rgb, f32)]) -> Shader<'static> {
    let (start, end) = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
    LinearGradient::new(start, end, gradient(stops), SpreadMode::Pad, Transform::identity())
        .unwrap_or_else(|| solid(Rgb::BLACK, 0.0))
}

/// From a middle outwards.
pub(super) fn glow(middle: (f32, f32), radius: f32, stops: &[(f32, Rgb, f32)]) -> Shader<'static> {
    let point = Point::from_xy(middle.0, middle.1);
    RadialGradient::new(point, 0.0, point, radius.max(0.1), gradient(stops), SpreadMode::Pad, Transform::identity())
        .unwrap_or_else(|| solid(Rgb::BLACK, 0.0))
}

/// A coarse picture stretched softly over a place of the canvas.
pub(super) fn stretched(coarse: &Pixmap, left: f32, top: f32, width: f32, height: f32) -> Shader<'_> {
    let (scale_x, scale_y) = (width / coarse.width() as f32, height / coarse.height() as f32);
    let place = Transform::from_row(scale_x, 0.0, 0.0, scale_y, left, top);
    Pattern::new(coarse.as_ref(), SpreadMode::Pad, FilterQuality::Bilinear, 1.0, place)
}

pub(super) fn rect(left: f32, top: f32, width: f32, height: f32) -> Option<Path> {
    Rect::from_xywh(left, top, width, height).map(PathBuilder::from_rect)
}

pub(super) fn oval(middle: (f32, f32), half_width: f32, half_height: f32) -> Option<Path> {
    let place = Rect::from_xywh(middle.0 - half_width, middle.1 - half_height, half_width * 2.0, half_height * 2.0)?;
    PathBuilder::from_oval(place)
}

pub(super) fn polygon(corners: impl IntoIterator<Item = (f32, f32)>) -> Option<Path> {
    let mut path = PathBuilder::new();
    add_polygon(&mut path, corners);
    path.finish()
}

pub(super) fn add_polygon(path: &mut PathBuilder, corners: impl IntoIterator<Item = (f32, f32)>) {
    for (at, (x, y)) in corners.into_iter().enumerate() {
        if at == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path.close();
}

fn between(stops: &[(f32, Rgb)], place: f32) -> Rgb {
    let next = stops.partition_point(|&(stop, _)| stop <= place);
    match (next.checked_sub(1).and_then(|before| stops.get(before)), stops.get(next)) {
        (Some(&(start, from)), Some(&(end, to))) => from.mix(to, (place - start) / (end - start)),
        (Some(&(_, only)), None) | (None, Some(&(_, only))) => only,
        (None, None) => Rgb::BLACK,
    }
}

/// Fills a row with one pixel, twice as far at each turn.
fn repeat(row: &mut [u8], pixel: [u8; 4]) {
    row[..4].copy_from_slice(&pixel);
    let mut filled = 4;
    while filled < row.len() {
        let more = filled.min(row.len() - filled);
        row.copy_within(..more, filled);
        filled += more;
    }
}

fn gradient(stops: &[(f32, Rgb, f32)]) -> Vec<GradientStop> {
    stops.iter().map(|&(place, colour, alpha)| GradientStop::new(place, colour.alpha(alpha))).collect()
}

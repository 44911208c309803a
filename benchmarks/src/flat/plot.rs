//! The lines as one picture: a panel for each kind of size.

use super::Measured;
use anyhow::{Result, anyhow};
use plotters::prelude::*;
use std::path::Path;

const PANEL: (u32, u32) = (360, 280);
const COLOURS: [RGBColor; 3] = [
    RGBColor(0, 90, 160),
    RGBColor(200, 80, 0),
    RGBColor(0, 130, 80),
];

pub(super) fn draw(path: &Path, measured: &[Measured]) -> Result<()> {
    let mut panels: Vec<Vec<&Measured>> = Vec::new();
    for line in measured {
        match panels
            .iter_mut()
            .find(|panel| panel[0].line.along == line.line.along)
        {
            Some(panel) => panel.push(line),
            None => panels.push(vec![line]),
        }
    }
    let size = (PANEL.0 * panels.len() as u32, PANEL.1);
    let picture = SVGBackend::new(path, size).into_drawing_area();
    picture.fill(&WHITE)?;
    for (area, lines) in picture.split_evenly((1, panels.len())).iter().zip(&panels) {
        panel(area, lines).map_err(|error| anyhow!("cannot draw the plot: {error}"))?;
    }
    picture.present()?;
    Ok(())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn panel(area: &Area<'_>, lines: &[&Measured]) -> Result<(), Box<dyn std::error::Error>> {
    let along = lines[0].line.along;
    let places = || {
        lines
            .iter()
            .flat_map(|line| line.ours.iter().chain(&line.tokio))
    };
    let first = places().map(|(at, _)| *at).min().unwrap_or(1) as f64;
    let last = places().map(|(at, _)| *at).max().unwrap_or(1) as f64;
    let dearest = places().map(|(_, cost)| *cost).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(52)
        .build_cartesian_2d((first..last).log_scale(), 0.0..dearest * 1.3)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(along)
        .y_desc("ns")
        .y_label_formatter(&|cost| format!("{cost:.0}"))
        .x_label_formatter(&|at| format!("{at:.0}"))
        .draw()?;
    let points = |costs: &[(u64, f64)]| -> Vec<_> {
        costs.iter().map(|(at, cost)| (*at as f64, *cost)).collect()
    };
    for (line, colour) in lines.iter().zip(COLOURS) {
        let style = colour.stroke_width(2);
        let series = LineSeries::new(points(&line.ours), style).point_size(3);
        chart
            .draw_series(series)?
            .label(line.line.what)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], style));
        let dashes = DashedLineSeries::new(points(&line.tokio), 4, 4, colour.mix(0.5).into());
        chart.draw_series(dashes)?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(())
}

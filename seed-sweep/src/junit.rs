//! A report as JUnit XML, which CI systems read: a test case for each simulation.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::BytesText;

use crate::cause;
use crate::report::{Cause, Report, Totals};
use crate::summary::{plural, which};

/// Writes the report.
pub(crate) fn write(report: &Report, into: impl Write) -> io::Result<()> {
    let mut writer = Writer::new_with_indent(into, b' ', 2);
    let failing = |name: &str| {
        report
            .causes
            .iter()
            .filter(|cause| cause.simulation == *name)
            .collect()
    };
    let cases: Vec<(&str, &Totals, Vec<&Cause>)> = report
        .simulations
        .iter()
        .map(|(name, totals)| (name.as_str(), totals, failing(name)))
        .collect();
    let failures = cases
        .iter()
        .filter(|(.., causes)| !causes.is_empty())
        .count();
    let suite = [
        ("name", "seed-sweep"),
        ("tests", &cases.len().to_string()),
        ("failures", &failures.to_string()),
        ("time", &format!("{:.3}", report.seconds)),
    ];
    writer
        .create_element("testsuites")
        .write_inner_content(|writer| {
            let suite = writer.create_element("testsuite").with_attributes(suite);
            suite.write_inner_content(|writer| {
                cases
                    .iter()
                    .try_for_each(|(name, totals, causes)| write_case(writer, name, totals, causes))
            })?;
            Ok(())
        })?;
    writer.into_inner().write_all(b"\n")
}

fn write_case(
    writer: &mut Writer<impl Write>,
    name: &str,
    totals: &Totals,
    causes: &[&Cause],
) -> io::Result<()> {
    let (package, path) = name.split_once("::").unwrap_or(("", name));
    let case = writer
        .create_element("testcase")
        .with_attributes([("classname", package), ("name", path)]);
    let Some(first) = causes.first() else {
        case.write_empty()?;
        return Ok(());
    };
    let message = format!(
        "{}, the first by seed {}: {}",
        plural(causes.len() as u64, "cause"),
        first.least(),
        cause::first_line(&first.cause)
    );
    let texts = causes.iter().map(|cause| text(cause));
    let texts: Vec<String> = texts.chain(totals.early_end()).collect();
    case.write_inner_content(|writer| {
        let failure = writer
            .create_element("failure")
            .with_attribute(("message", printable(&message).as_str()));
        failure.write_text_content(BytesText::new(&printable(&texts.join("\n\n"))))?;
        Ok(())
    })?;
    Ok(())
}

fn text(cause: &Cause) -> String {
    let Cause {
        count,
        block,
        replay,
        ..
    } = cause;
    format!(
        "{}, {}\n{block}\nreplay: {replay}",
        plural(*count, "seed"),
        which(cause)
    )
}

/// Without what XML cannot hold, such as the colours of a terminal.
fn printable(text: &str) -> String {
    let holds = |character: &char| matches!(character, '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(holds).collect()
}

#[cfg(test)]
mod tests {
    //! The text, and what XML has its own ways to say.

    use super::write;
    use crate::outcome::{Failure, Outcome};
    use crate::report::{Part, Report};
    use crate::shard::Shard;

    #[test]
    fn a_simulation_is_a_case_and_its_causes_are_its_failure() {
        let part = Part {
            begin: 0,
            end: 9,
            shard: Shard::WHOLE,
        };
        let mut report = Report::new(
            part,
            ["shop::queue::simulation", "shop::till::simulation"].into_iter(),
        );
        let failure = Failure {
            cause: "a.rs:1:1: 3 < 4 & \"so\"".escape_default().to_string(),
            block: "\u{1b}[31mred\u{1b}[0m <4>".to_owned(),
        };
        let outcome = Outcome {
            seed: 7,
            began: 7,
            run: None,
            failure: Some(failure),
        };
        report.add("shop::till::simulation", outcome, None, "sweep");
        report.leave_out("shop::till::simulation", 2);
        let mut xml = Vec::new();
        write(&report, &mut xml).unwrap();
        let expected = r#"<testsuites>
  <testsuite name="seed-sweep" tests="2" failures="1" time="0.000">
    <testcase classname="shop" name="queue::simulation"/>
    <testcase classname="shop" name="till::simulation">
      <failure message="1 cause, the first by seed 7: a.rs:1:1: 3 &lt; 4 &amp; &quot;so&quot;">1 seed, the least 7
[31mred[0m &lt;4&gt;
replay: sweep --seed 7 --filter shop::till::simulation

ended early after 1 failing seed: 2 seeds not run</failure>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(String::from_utf8(xml).unwrap(), expected);
    }
}

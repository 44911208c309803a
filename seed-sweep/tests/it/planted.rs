//! A sweep over failures of three causes: each is listed once, with its least seed, and replayed by its line.

use crate::scratch::{Scratch, stdout};

const TESTS: &str = r#"//! Fails in three ways: two sites of one simulation, and an abort.
mod till {
    #[test]
    fn simulation() {
        runtime_deterministic::simulate("till", |seed| match seed {
            40 => std::process::abort(),
            _ if seed % 1000 == 17 => Err("src/till.rs:4:9: short"),
            _ if seed % 3001 == 3000 => Err("src/till.rs:9:9: drawer open"),
            _ => Ok(()),
        });
    }
}
"#;

#[test]
fn three_causes_in_ten_thousand_seeds_are_three_each_with_its_least_seed_and_its_line() {
    let scratch = Scratch::with(TESTS);
    let swept = scratch.paste("seed-sweep --seeds 0..10000");
    let shown = stdout(&swept);
    assert_eq!(swept.status.code(), Some(1), "{shown}");
    assert!(
        shown.contains("1 simulation, 10000 seeds run: 9986 passed, 14 failed\n"),
        "{shown}"
    );
    let told: Vec<&str> = shown
        .lines()
        .filter(|line| line.contains("::simulation: "))
        .collect();
    let expected = [
        "1. shop::till::simulation: 10 seeds, the least 17",
        "2. shop::till::simulation: 1 seed, the least 40",
        "3. shop::till::simulation: 3 seeds, the least 3000",
    ];
    assert_eq!(told, expected);
    let causes = [
        "src/till.rs:4:9: short",
        "SIGABRT",
        "src/till.rs:9:9: drawer open",
    ];
    let lines: Vec<&str> = shown
        .lines()
        .filter_map(|line| line.strip_prefix("replay: "))
        .collect();
    assert_eq!(lines.len(), causes.len(), "{shown}");
    for (line, cause) in lines.into_iter().zip(causes) {
        let replayed = scratch.paste(line);
        let shown = stdout(&replayed);
        assert_eq!(replayed.status.code(), Some(1), "{shown}");
        assert!(shown.contains(cause), "{shown}");
        assert!(shown.contains(&format!("replay: {line}\n")), "{shown}");
        assert!(
            shown.contains("1 simulation, 1 seed run: 0 passed, 1 failed\n"),
            "{shown}"
        );
    }
}

//! Libraries that ask to be made to misbehave.

use crate::trial::{Run, judge};
use runtime_deterministic::FaultKind;
use runtime_traits::Storage;
use victims::listing;

#[test]
fn buggify() {
    judge(FaultKind::Buggify, "a name is missing", async |run: Run| {
        let disk = &run.context;
        let names: Vec<_> = (0..7_u8).map(|name| vec![name]).collect();
        for name in &names {
            disk.open("tables", name).await.unwrap();
        }
        let (mut listed, mut token) = (Vec::new(), None);
        loop {
            let page = listing::list(disk, token, run.fixed).await.unwrap();
            listed.extend(page.names);
            token = page.token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(listed, names, "a name is missing");
        7
    });
}

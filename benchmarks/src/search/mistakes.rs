//! The mistakes that are planted, in words.

pub(super) struct Mistake {
    /// Of its patch; empty for the store as it should be.
    pub(super) name: &'static str,
    pub(super) what: &'static str,
}

const fn mistake(name: &'static str, what: &'static str) -> Mistake {
    Mistake { name, what }
}

pub(super) const MISTAKES: &[Mistake] = &[
    mistake("", "no seed may fail"),
    mistake(
        "ack-before-sync",
        "a record is promised before it is on disk",
    ),
    mistake(
        "fence-before-sync",
        "an epoch is promised before it is on disk",
    ),
    mistake(
        "forgotten-by-one",
        "a promotion asks one server too few, where one may forget",
    ),
    mistake(
        "late-answer",
        "an answer that comes too late is taken for the next one's",
    ),
    mistake("log-before-epoch", "a record is on disk before its epoch"),
    mistake("older-epoch", "a primary of the past is listened to"),
    mistake(
        "out-of-order",
        "a record is taken although the one before is missing",
    ),
    mistake("past-a-hole", "a log is read on behind what is torn"),
    mistake(
        "stale-read",
        "a primary answers before a majority confirmed it",
    ),
    mistake("torn-tail", "what a crash tore is read as whole"),
];

#[cfg(test)]
mod tests {
    use super::MISTAKES;
    use crate::programs;

    #[test]
    fn each_patch_is_in_the_list() {
        let folder = programs::folder().join("../examples/store/bugs");
        let mut patches: Vec<_> = folder
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        patches.sort();
        let listed: Vec<_> = MISTAKES[1..].iter().map(|mistake| mistake.name).collect();
        assert_eq!(patches, listed);
    }
}

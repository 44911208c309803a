//! The names of hosts, by number, and the other way round.

use crate::kernel::emptied;

#[derive(Default)]
pub(crate) struct Names {
    /// One after the other.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// The numbers, ascending by name.
    sorted: Vec<u32>,
}

impl Names {
    /// As new, with the memory of this.
    pub(crate) fn emptied(self) -> Self {
        let text = String::from_utf8(emptied(self.text.into_bytes()));
        Self {
            text: text.unwrap_or_default(),
            ends: emptied(self.ends),
            sorted: emptied(self.sorted),
        }
    }

    /// The host after the last has this name, unless another has it. Says whether it does.
    pub(crate) fn add(&mut self, name: &str) -> bool {
        let Err(place) = self.place_of(name) else {
            return false;
        };
        self.sorted.insert(place, self.ends.len() as u32);
        self.text.push_str(name);
        self.ends.push(self.text.len());
        true
    }

    /// The name of a host.
    pub(crate) fn of(&self, host: u32) -> &str {
        let host = host as usize;
        let start = host.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[host]]
    }

    /// The host that has this name.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let place = self.place_of(name).ok()?;
        Some(self.sorted[place])
    }

    /// Where a name stands among the others, or where it would.
    fn place_of(&self, name: &str) -> Result<usize, usize> {
        self.sorted
            .binary_search_by(|host| self.of(*host).cmp(name))
    }
}

#[cfg(test)]
mod tests;

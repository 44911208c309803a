//! Bytes that go in at one end and come out at the other, in one piece of memory.

use crate::kernel::emptied;

/// It is a vector whose front moves on: what was taken is given up once it is more than what is left.
#[derive(Default)]
pub(super) struct Queue {
    bytes: Vec<u8>,
    front: usize,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.front
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.front > self.len() {
            self.bytes.drain(..self.front);
            self.front = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Fills `buf` with the first bytes.
    ///
    /// # Panics
    /// When there are fewer.
    pub(super) fn take(&mut self, buf: &mut [u8]) {
        let end = self.front + buf.len();
        buf.copy_from_slice(&self.bytes[self.front..end]);
        self.front = end;
        if end == self.bytes.len() {
            self.clear();
        }
    }

    /// As new, with the memory of this.
    pub(super) fn emptied(self) -> Self {
        Self {
            bytes: emptied(self.bytes),
            front: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.front = 0;
    }
}

#[cfg(test)]
mod tests;

//! What the fuzz targets share.
//!
//! Each input begins with four bytes that seed [`Chance`]; the rest is what the target is fed. So
//! the seeds under `seeds/` are plain terminal output and text, and the fuzzer varies cuts and sizes
//! by changing four bytes.

/// Choices that follow from four bytes (xorshift32, Marsaglia 2003).
#[derive(Debug, Clone)]
pub struct Chance(u32);

impl Chance {
    /// Takes the first four bytes of `data`; `None` when there are fewer.
    #[must_use]
    pub fn from(data: &[u8]) -> Option<(Self, &[u8])> {
        let (seed, rest) = data.split_first_chunk::<4>()?;
        Some((Self(u32::from_le_bytes(*seed) | 1), rest))
    }

    /// A number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit
    }

    /// The next piece of `bytes`: mostly short, never empty unless `bytes` is.
    pub fn cut<'a>(&mut self, bytes: &mut &'a [u8]) -> &'a [u8] {
        let longest = [1, 2, 7, 64, 4096][self.below(5)];
        let (piece, rest) = bytes.split_at((1 + self.below(longest)).min(bytes.len()));
        *bytes = rest;
        piece
    }
}

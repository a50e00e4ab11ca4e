//! Values in a row: what the binary forms of updates and checkpoints are written with.
//!
//! Numbers are unsigned LEB128 (seven bits a byte, least significant first, high bit = more follows).
//! Reading allocates nothing by itself: lengths are held against what is there.

/// State that can be written down and read back.
pub trait Pack: Sized {
    /// Appends the binary form to `out`.
    fn pack(&self, out: &mut Vec<u8>);

    /// Reads what [`Pack::pack`] wrote.
    ///
    /// # Errors
    /// [`PackError`] for anything else. A value that is returned obeys all that its type promises.
    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError>;
}

/// Why bytes are no packed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The bytes end inside this value.
    #[error("the bytes end inside the {0}")]
    Truncated(&'static str),
    /// A number is larger, or a length longer, than its place allows.
    #[error("the {0} is out of range")]
    OutOfRange(&'static str),
    /// A text is not UTF-8.
    #[error("the {0} is not UTF-8")]
    NotUtf8(&'static str),
}

/// Why bytes are no checkpoint that this program can go on from. Start anew and read again what there
/// is of the Log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Another version of the program wrote it.
    #[error("the checkpoint has form {found}, this program reads form {known}")]
    Version {
        /// The form it has.
        found: u8,
        /// The form that can be read.
        known: u8,
    },
    /// It is damaged.
    #[error("the checkpoint is damaged: {0}")]
    Damaged(#[from] PackError),
    /// Bytes follow the last value.
    #[error("the checkpoint is damaged: {0} bytes follow it")]
    Trailing(usize),
    /// It describes a state that cannot be.
    #[error("the checkpoint is damaged: {0}")]
    Impossible(&'static str),
}

/// Appends a number.
pub fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends bytes behind their length.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// One byte of up to eight flags, the first in the lowest bit.
#[must_use]
pub fn flags<const N: usize>(flags: [bool; N]) -> u8 {
    const { assert!(N <= 8) };
    flags.iter().rev().fold(0, |byte, flag| byte << 1 | u8::from(*flag))
}

/// What is still to be read. `what` names the value for the error.
#[derive(Debug, Clone)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// One byte.
    ///
    /// # Errors
    /// [`PackError::Truncated`].
    pub fn byte(&mut self, what: &'static str) -> Result<u8, PackError> {
        let (&first, rest) = self.0.split_first().ok_or(PackError::Truncated(what))?;
        self.0 = rest;
        Ok(first)
    }

    /// The next `len` bytes.
    ///
    /// # Errors
    /// [`PackError::Truncated`].
    pub fn take(&mut self, what: &'static str, len: usize) -> Result<&'a [u8], PackError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(PackError::Truncated(what))?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number of at most `max`.
    ///
    /// # Errors
    /// [`PackError`] when it is larger, or cut.
    pub fn number(&mut self, what: &'static str, max: u64) -> Result<u64, PackError> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte(what)?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return if number <= max { Ok(number) } else { Err(PackError::OutOfRange(what)) };
            }
        }
        Err(PackError::OutOfRange(what))
    }

    /// A number of at most `max`, for small things.
    ///
    /// # Errors
    /// [`PackError`] when it is larger, or cut.
    pub fn small(&mut self, what: &'static str, max: u16) -> Result<u16, PackError> {
        self.number(what, u64::from(max)).map(|number| number as u16)
    }

    /// What [`put_bytes`] wrote, at most `max` bytes.
    ///
    /// # Errors
    /// [`PackError`] when it is longer, or cut.
    pub fn bytes(&mut self, what: &'static str, max: usize) -> Result<&'a [u8], PackError> {
        let len = self.number(what, max as u64)?;
        self.take(what, len as usize)
    }

    /// Text of at most `max` bytes.
    ///
    /// # Errors
    /// [`PackError`] when it is longer, cut, or not UTF-8.
    pub fn text(&mut self, what: &'static str, max: usize) -> Result<&'a str, PackError> {
        std::str::from_utf8(self.bytes(what, max)?).map_err(|_| PackError::NotUtf8(what))
    }

    /// What [`flags`] made of `N` flags; unknown ones are refused.
    ///
    /// # Errors
    /// [`PackError`] when an unknown flag is set, or there is no byte.
    pub fn flags<const N: usize>(&mut self, what: &'static str) -> Result<[bool; N], PackError> {
        let byte = self.byte(what)?;
        if u32::from(byte) >> N != 0 {
            return Err(PackError::OutOfRange(what));
        }
        Ok(std::array::from_fn(|bit| byte >> bit & 1 == 1))
    }

    /// Begins a checkpoint: its first byte says which form it has.
    ///
    /// # Errors
    /// [`CheckpointError`] unless it is `known`.
    pub fn form(&mut self, known: u8) -> Result<(), CheckpointError> {
        match self.byte("form")? {
            found if found == known => Ok(()),
            found => Err(CheckpointError::Version { found, known }),
        }
    }

    /// Ends a checkpoint: nothing may follow.
    ///
    /// # Errors
    /// [`CheckpointError::Trailing`].
    pub const fn end(&self) -> Result<(), CheckpointError> {
        match self.0.len() {
            0 => Ok(()),
            rest => Err(CheckpointError::Trailing(rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_are_bounded() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put_number(&mut out, number);
            assert_eq!(Input(&out).number("n", u64::MAX), Ok(number));
            assert_eq!(
                Input(&out[..out.len() - 1]).number("n", u64::MAX),
                Err(PackError::Truncated("n"))
            );
            if let Some(less) = number.checked_sub(1) {
                assert_eq!(Input(&out).number("n", less), Err(PackError::OutOfRange("n")));
            }
        }
        assert_eq!(Input(&[0xff; 10]).number("n", u64::MAX), Err(PackError::OutOfRange("n")));
    }

    #[test]
    fn flags_come_back_and_unknown_ones_do_not() {
        let byte = flags([true, false, true]);
        assert_eq!(byte, 0b101);
        assert_eq!(Input(&[byte]).flags("f"), Ok([true, false, true]));
        assert_eq!(Input(&[byte]).flags::<2>("f"), Err(PackError::OutOfRange("f")));
        assert_eq!(Input(&[0xff]).flags("f"), Ok([true; 8]));
    }

    #[test]
    fn a_length_is_held_against_what_is_there() {
        let mut out = Vec::new();
        put_bytes(&mut out, b"ab");
        assert_eq!(Input(&out).text("t", 2), Ok("ab"));
        assert_eq!(Input(&out).text("t", 1), Err(PackError::OutOfRange("t")));
        put_number(&mut out, u64::from(u32::MAX));
        assert_eq!(Input(&out[3..]).bytes("t", usize::MAX), Err(PackError::Truncated("t")));
    }
}

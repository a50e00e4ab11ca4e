//! Parameters of control sequences (ECMA-48, 5.4).

/// The numbers of one parameter string; a parameter's sub-parameters behind `:` are left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Params<'a>(pub(super) &'a [u8]);

impl<'a> Params<'a> {
    /// Parameter `index`, saturated at 65535; `None` when it is missing or empty.
    pub(super) fn get(self, index: usize) -> Option<u16> {
        self.0.split(|&b| b == b';').nth(index).and_then(number)
    }

    /// The first parameter, where missing and 0 both mean `default`.
    pub(super) fn count(self, default: u16) -> u16 {
        self.at(0, default)
    }

    /// Parameter `index`, where missing and 0 both mean `default`.
    pub(super) fn at(self, index: usize, default: u16) -> u16 {
        self.get(index).filter(|&n| n != 0).unwrap_or(default)
    }

    /// All parameters in order; empty ones are 0.
    pub(super) fn numbers(self) -> impl Iterator<Item = u16> + 'a {
        self.0.split(|&b| b == b';').map(|field| number(field).unwrap_or(0))
    }
}

/// The leading decimal number of a field, saturated at 65535.
pub(super) fn number(field: &[u8]) -> Option<u16> {
    let digits = field.iter().take_while(|b| b.is_ascii_digit());
    digits.fold(None, |sum, &digit| {
        let sum: u16 = sum.unwrap_or(0);
        Some(sum.saturating_mul(10).saturating_add(u16::from(digit - b'0')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_saturate_and_default() {
        assert_eq!(Params(b"").count(1), 1);
        assert_eq!(Params(b"0").count(1), 1);
        assert_eq!(Params(b"7;;9").numbers().collect::<Vec<_>>(), [7, 0, 9]);
        assert_eq!(Params(b"99999999").count(1), u16::MAX);
        assert_eq!(Params(b"4:3;5").get(0), Some(4));
        assert_eq!(Params(b"1;2").get(2), None);
    }
}

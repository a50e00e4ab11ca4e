//! Output as text: characters are never cut, and nothing in a file does anything to a terminal that
//! prints it.

/// Bytes as UTF-8. What may still become a character stays in `carry`; what cannot becomes U+FFFD.
pub fn decode(carry: &mut Vec<u8>, bytes: &[u8]) -> String {
    carry.extend_from_slice(bytes);
    let all = std::mem::take(carry);
    let mut rest = all.as_slice();
    let mut text = String::with_capacity(rest.len());
    loop {
        match std::str::from_utf8(rest) {
            Ok(valid) => {
                text.push_str(valid);
                return text;
            }
            Err(error) => {
                let (valid, wrong) = rest.split_at(error.valid_up_to());
                text.push_str(&String::from_utf8_lossy(valid));
                let Some(length) = error.error_len() else {
                    *carry = wrong.to_vec();
                    return text;
                };
                text.push(char::REPLACEMENT_CHARACTER);
                rest = wrong.get(length..).unwrap_or_default();
            }
        }
    }
}

/// Text as a JSON string. Controls of 8 bits and signs that turn or hide text are escaped, too.
pub fn quote(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    if json.is_ascii() {
        return json;
    }
    let mut quoted = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_character_is_replaced_and_what_may_become_one_waits() {
        let mut carry = Vec::new();
        assert_eq!(decode(&mut carry, b"a\xff\xe2\x82"), "a\u{fffd}");
        assert_eq!(carry, b"\xe2\x82");
        assert_eq!(decode(&mut carry, b"\xacb"), "€b");
        assert_eq!(decode(&mut carry, b"\xf0\x9f"), "");
        assert_eq!(decode(&mut carry, b"c"), "\u{fffd}c");
        assert!(carry.is_empty());
    }

    proptest! {
        #[test]
        fn wherever_it_is_cut_the_text_is_the_same(
            bytes in prop::collection::vec(prop_oneof![Just(0xe2), Just(0x82), Just(0xac), any::<u8>()], 0..40),
            cuts in prop::collection::vec(0..40_usize, 0..5),
        ) {
            let mut whole = Vec::new();
            let expected = decode(&mut whole, &bytes);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut carry = Vec::new();
            let text: String =
                cuts.windows(2).map(|cut| decode(&mut carry, &bytes[cut[0]..cut[1]])).collect();
            prop_assert_eq!(text, expected);
            prop_assert_eq!(carry, whole);
        }

        #[test]
        fn quoted_text_reads_back(text in any::<String>()) {
            let quoted = quote(&text);
            prop_assert!(!quoted.chars().any(char::is_control));
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
        }
    }
}

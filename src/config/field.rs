//! How single settings are read: ranges, names, amounts, keys. Each says what it expects.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Unexpected, Visitor};

use super::address::socket_path;
use super::size::ByteSize;
use crate::proto::{Key, Role, Winsize, validate_name};

/// A whole number from `MIN` to `MAX`.
pub(super) fn within<'de, D: Deserializer<'de>, const MIN: u16, const MAX: u16>(
    d: D,
) -> Result<u16, D::Error> {
    struct Within<const MIN: u16, const MAX: u16>;
    impl<const MIN: u16, const MAX: u16> Visitor<'_> for Within<MIN, MAX> {
        type Value = u16;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a whole number from {MIN} to {MAX}")
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<u16, E> {
            let fits = u16::try_from(number).ok().filter(|n| (MIN..=MAX).contains(n));
            fits.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
        }
    }
    d.deserialize_any(Within::<MIN, MAX>)
}

/// A string that `T` can be read from.
pub(super) fn parsed<'de, D, T>(d: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    String::deserialize(d)?.parse().map_err(de::Error::custom)
}

pub(super) fn optional_parsed<'de, D, T>(d: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    parsed(d).map(Some)
}

pub(super) fn parsed_list<'de, D, T>(d: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let texts = Vec::<String>::deserialize(d)?;
    texts.iter().map(|text| text.parse().map_err(de::Error::custom)).collect()
}

/// A path that means the same file in every directory.
pub(super) fn absolute<'de, D: Deserializer<'de>>(d: D) -> Result<PathBuf, D::Error> {
    let path = PathBuf::from(String::deserialize(d)?);
    match path.is_absolute() {
        true => Ok(path),
        false => {
            let sentence = format!("the path `{}` is not absolute", path.display());
            Err(de::Error::custom(sentence))
        }
    }
}

pub(super) fn optional_absolute<'de, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<PathBuf>, D::Error> {
    absolute(d).map(Some)
}

pub(super) fn name<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let name = String::deserialize(d)?;
    validate_name(&name).map_err(de::Error::custom)?;
    Ok(name)
}

pub(super) fn optional_name<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    name(d).map(Some)
}

pub(super) fn optional_socket<'de, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<PathBuf>, D::Error> {
    socket_path(&String::deserialize(d)?).map(Some).map_err(de::Error::custom)
}

/// Nobody is more than an operator of a pane.
pub(super) fn pane_role<'de, D: Deserializer<'de>>(d: D) -> Result<Role, D::Error> {
    match Role::deserialize(d)? {
        Role::Admin => Err(de::Error::custom("a pane opens as observer or operator")),
        role => Ok(role),
    }
}

pub(super) fn size<'de, D: Deserializer<'de>>(d: D) -> Result<Winsize, D::Error> {
    let size: Winsize = parsed(d)?;
    if size != size.clamped() {
        let (min, max) = (Winsize::MIN, Winsize::MAX);
        return Err(de::Error::custom(format!("{size} is out of range; use {min} to {max}")));
    }
    Ok(size)
}

/// 64 KiB to 1 GiB, as a number or as text with a unit.
pub(super) fn ring_bytes<'de, D: Deserializer<'de>>(d: D) -> Result<ByteSize, D::Error> {
    struct RingBytes;
    impl Visitor<'_> for RingBytes {
        type Value = ByteSize;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an amount of bytes from \"64KiB\" to \"1GiB\"")
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<ByteSize, E> {
            let fits = u64::try_from(number).ok().filter(|n| (64 << 10..=1 << 30).contains(n));
            fits.map(ByteSize).ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteSize, E> {
            let ByteSize(bytes) = text.parse().map_err(E::custom)?;
            let fits = i64::try_from(bytes).map(|bytes| Self.visit_i64::<E>(bytes));
            match fits {
                Ok(Ok(size)) => Ok(size),
                _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
            }
        }
    }
    d.deserialize_any(RingBytes)
}

/// A command's keys: one, or a list.
struct KeyList(Vec<Key>);

impl<'de> Deserialize<'de> for KeyList {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct KeyListVisitor;
        impl<'de> Visitor<'de> for KeyListVisitor {
            type Value = KeyList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key such as \"C-x\", or a list of keys")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<KeyList, E> {
                text.parse().map(|key| KeyList(vec![key])).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<KeyList, A::Error> {
                let mut keys = Vec::new();
                while let Some(key) = list.next_element()? {
                    keys.push(key);
                }
                Ok(KeyList(keys))
            }
        }
        d.deserialize_any(KeyListVisitor)
    }
}

pub(super) fn keymap<'de, D: Deserializer<'de>>(
    d: D,
) -> Result<BTreeMap<String, Vec<Key>>, D::Error> {
    let keys = BTreeMap::<String, KeyList>::deserialize(d)?;
    Ok(keys.into_iter().map(|(command, KeyList(keys))| (command, keys)).collect())
}

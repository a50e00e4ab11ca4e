//! The variants that serde's derive knows of an enum, so that no list here can fall behind.

use std::fmt;

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Error, IntoDeserializer};

/// What an enum expected in place of a name that it does not know.
#[derive(Debug)]
struct Expected(&'static [&'static str]);

impl Error for Expected {
    fn custom<T: fmt::Display>(message: T) -> Self {
        panic!("this enum does not tell its variants: {message}")
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(expected)
    }
}

impl std::error::Error for Expected {}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Names of the variants of an enum that is written as an object, by its field `tag`.
pub fn of_tagged<T: DeserializeOwned>(tag: &'static str) -> &'static [&'static str] {
    names(&T::deserialize(MapDeserializer::<_, Expected>::new([(tag, "?")].into_iter())))
}

/// Names of the variants of an enum that is written as its variant's name.
pub fn of_plain<T: DeserializeOwned>() -> &'static [&'static str] {
    let name: StrDeserializer<'_, Expected> = "?".into_deserializer();
    names(&T::deserialize(name))
}

fn names<T>(read: &Result<T, Expected>) -> &'static [&'static str] {
    match read {
        Err(Expected(names)) => names,
        Ok(_) => panic!("`?` was taken for a variant"),
    }
}

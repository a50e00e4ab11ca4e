//! Layered configuration: built-in < `/etc` < user < `--config` < `WATCHDECK_*` variables.
//!
//! Every layer is TOML text ([`Source`]). The layers are merged as trees whose values keep their
//! position (`tree`), then read once into [`Config`], so every complaint points at a file, a line
//! and a column, wherever the value came from. Files are read in [`Sources::read`] and, where nobody
//! else may read them, in [`private`]; everything else is pure.

mod address;
mod check;
mod diagnostic;
mod env;
mod explain;
mod field;
mod load;
mod model;
pub mod paths;
pub mod private;
mod size;
mod source;
mod tree;

pub use address::{
    Address, AddressError, HostName, HostPort, Listen, MAX_SOCKET_PATH, Origin, SshHost,
};
pub use diagnostic::{Diagnostic, Place};
pub use load::{ConfigError, Loaded, Origins};
pub use model::{
    Agent, Ascii, Config, Dashboard, Machine, Sort, TermChoice, TermChoiceError, Theme, TlsFiles,
    Verify,
};
pub use paths::{Paths, PathsError, SERVICES_RUNTIME_DIR};
pub use size::{ByteSize, ByteSizeError};
pub use source::{Layer, MAX_FILE_BYTES, Source, Sources};

/// The built-in layer: `config.toml` at the root of the repository.
pub const BUILT_IN: &str = include_str!("../../config.toml");

#[cfg(test)]
mod tests;

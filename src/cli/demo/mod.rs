//! demo
pub mod generate;

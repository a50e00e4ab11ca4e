//! watchdeck: one screen for every terminal an operations team is responsible for.
pub mod agent;
pub mod alert;
pub mod app;
pub mod cli;
pub mod client;
pub mod config;
pub mod net;
pub mod proto;
pub mod term;
pub mod widgets;

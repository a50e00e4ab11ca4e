//! The dashboard from the outside: events in, effects and drawn text out.

mod attaching;
mod jumping;
mod managing;
mod patching;
mod pictures;
mod pointing;
mod scrolling;
mod silence;
mod typing;
mod world;

use world::World;

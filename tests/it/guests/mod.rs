//! Scripts are guests.

#![cfg(unix)]

mod leaks;
mod races;
mod rights;
mod ways_out;
mod world;

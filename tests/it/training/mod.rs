mod callbacks;
mod disk;
mod exact;
mod fit;
mod memory;
mod resume;
mod signals;
mod watch;

//! What the programs of this package share. `client` opens the connections of the two load clients in `bin/`;
//! the server (`main.rs`) needs none of it.

pub mod client;

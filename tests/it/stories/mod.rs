//! What people live through with the program, from the first event to the export.

mod comments;
mod dialogue;
mod faults;
mod main_way;
mod reaching;
mod scales;
mod starting;
mod timing;

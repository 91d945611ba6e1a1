//! What people live through with the program, from the first event to the export.

mod alerts;
mod comments;
mod dialogue;
mod faults;
mod main_way;
mod people;
mod reaching;
mod scales;
mod staff;
mod starting;
mod timing;

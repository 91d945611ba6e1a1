//! What people live through with the program, from the first event to the export.

mod main_way;
mod starting;

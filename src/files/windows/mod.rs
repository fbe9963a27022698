//! What Windows alone knows of files. Each of its functions is called here, safely, and nowhere else.

#![allow(unsafe_code, reason = "the standard library offers none of it")]

mod call;
mod identity;
mod moving;
mod owner;

pub(super) use identity::id_of;
pub(super) use moving::{check_replaceable, rename, rename_new};
pub(super) use owner::{create_folder_of_user, create_of_user, restrict_to_user, take_over_access};

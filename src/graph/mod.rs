//! The calls of Microsoft Graph.

pub mod api_version;
pub mod applications;
pub mod batch;
pub mod blank;
pub mod call;
pub mod certificate_registration;
pub mod error;
mod exchange_plan;
mod group;
pub mod group_people;
pub mod identity;
pub mod json;
mod listed_user;
pub mod mailbox;
pub mod mailbox_settings;
pub mod page;
pub mod path;
pub mod path_guard;
pub mod permission;
pub mod request;
pub mod rooms;
pub mod single_request;
pub mod spelling;
pub mod surrogates;
pub mod template;
pub mod user_photos;
pub mod users;

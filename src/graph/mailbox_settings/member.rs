//! A member of a reply that may be missing, null or of another type than documented.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, Result, Status};

/// What stands under a name.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Member<T> {
    /// Nothing.
    #[default]
    Missing,
    /// `null`.
    Null,
    /// A value of the documented type.
    Found(T),
    /// A value of another type: which.
    Wrong(&'static str),
}

impl<T> Member<T> {
    /// The value, `None` where the service gave none. `name` is the member's path, for the error.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid` for a value of another type.
    pub fn get<'de>(&self, name: &str) -> Result<Option<&T>>
    where
        T: Shape<'de>,
    {
        match self {
            Self::Found(value) => Ok(Some(value)),
            Self::Missing | Self::Null => Ok(None),
            Self::Wrong(kind) => Err(Error::new(
                Status::ResponseInvalid,
                format!("the reply's member {name} is {kind}, not {}", T::EXPECTED),
            )),
        }
    }
}

/// How a type is read from each kind of JSON value; `None` says that it cannot be.
pub trait Shape<'de>: Sized {
    /// What the type is, for errors: "text".
    const EXPECTED: &'static str;

    /// From a string.
    fn text(_text: Cow<'de, str>) -> Option<Self> {
        None
    }

    /// From a whole number.
    fn integer(_integer: i64) -> Option<Self> {
        None
    }

    /// From an object. Whoever overrides this reads all its members.
    fn object<A: MapAccess<'de>>(mut members: A) -> Result<Option<Self>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    /// From an array. Whoever overrides this reads all its items.
    fn list<A: SeqAccess<'de>>(mut items: A) -> Result<Option<Self>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de: 'a, 'a> Shape<'de> for Cow<'a, str> {
    const EXPECTED: &'static str = "text";

    fn text(text: Cow<'de, str>) -> Option<Self> {
        Some(text)
    }
}

impl Shape<'_> for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn integer(integer: i64) -> Option<Self> {
        Some(integer)
    }
}

impl<'de, T: Shape<'de>> Shape<'de> for Vec<Member<T>> {
    const EXPECTED: &'static str = "an array";

    fn list<A: SeqAccess<'de>>(mut items: A) -> Result<Option<Self>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Some(list))
    }
}

/// Structs read from objects: the name with its lifetimes and parameters, declared and used, and for each
/// member its two spellings. A repeated member counts as its last; serde's derive would refuse the object.
macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident $(<$life:lifetime>)? [$($declared:tt)*] [$($used:tt)*] {
        $($member:ident: $type:ty = $camel:literal | $pascal:literal),+ $(,)?
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $name<$($life,)? $($declared)*> {
            $(#[doc = concat!("`", $camel, "`.")] pub $member: $type),+
        }

        impl<'de $(: $life, $life)?, $($declared)*> Shape<'de> for $name<$($life,)? $($used)*> {
            const EXPECTED: &'static str = "an object";

            fn object<A: MapAccess<'de>>(mut members: A) -> Result<Option<Self>, A::Error> {
                let mut object = Self::default();
                while let Some(name) = members.next_key::<Text<'de>>()? {
                    match name {
                        $(Member::Found(name) if matches!(&*name, $camel | $pascal) => {
                            object.$member = members.next_value()?;
                        })+
                        _ => {
                            members.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Some(object))
            }
        }
    )+};
}
pub(super) use objects;

impl<'de, T: Shape<'de>> Deserialize<'de> for Member<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor(PhantomData))
    }
}

struct MemberVisitor<T>(PhantomData<T>);

impl<'de, T: Shape<'de>> Visitor<'de> for MemberVisitor<T> {
    type Value = Member<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Member::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Member::Wrong("a boolean"))
    }

    fn visit_i64<E>(self, integer: i64) -> Result<Self::Value, E> {
        Ok(found(T::integer(integer), "a number"))
    }

    fn visit_u64<E>(self, integer: u64) -> Result<Self::Value, E> {
        Ok(found(i64::try_from(integer).ok().and_then(T::integer), "a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Member::Wrong("a number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(found(T::text(Cow::Owned(text.to_owned())), "text"))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(found(T::text(Cow::Borrowed(text)), "text"))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        Ok(found(T::object(members)?, "an object"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Ok(found(T::list(items)?, "an array"))
    }
}

fn found<T>(value: Option<T>, kind: &'static str) -> Member<T> {
    value.map_or(Member::Wrong(kind), Member::Found)
}

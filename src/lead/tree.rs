//! A host's own type, turned into a tree of plain values through serde.
//!
//! Anything that implements `Serialize` goes in, a [`Tree`] comes out. It is at most [`DEEPEST`] levels deep:
//! what lies below is not even visited, so a type that nests without end costs no stack.

use std::borrow::Cow;
use std::fmt;

use serde::ser::{self, Serialize};

use super::error::{LeadError, LeadErrorKind};
use super::intake::{Raw, RawObject, here};
use super::{Input, convert};
use crate::vocabulary::Type;

/// No lead needs more levels: `events`, its items, `properties`, and room for wrappers between them.
const DEEPEST: u8 = 16;

/// A value as a host has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Missing,
    Flag(bool),
    Integer(i128),
    Double(f64),
    /// A number whose digits say more than a double would.
    Decimal(String),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
    Bytes,
    /// Something below the deepest level.
    TooDeep,
}

/// The tree of `value`.
pub(super) fn tree<T: Serialize + ?Sized>(value: &T) -> Result<Tree, LeadError> {
    value.serialize(Planter { depth: 0 }).map_err(|Failure(text)| here(LeadErrorKind::Unserializable(text)))
}

impl Tree {
    fn describe(&self) -> Cow<'static, str> {
        match self {
            Tree::List(_) => "a list".into(),
            Tree::Map(_) => "a map".into(),
            Tree::Bytes => "bytes".into(),
            Tree::TooDeep => format!("something more than {DEEPEST} levels deep").into(),
            plain => plain.plain().map_or("nothing".into(), |input| convert::describe(&input).into()),
        }
    }

    /// The value, if it is neither a list nor a map.
    fn plain(&self) -> Option<Input<'_>> {
        Some(match self {
            Tree::Missing => Input::Missing,
            Tree::Flag(flag) => Input::Flag(*flag),
            Tree::Integer(integer) => Input::Integer(*integer),
            Tree::Double(double) => Input::Double(*double),
            Tree::Decimal(digits) => Input::Decimal(digits.into()),
            Tree::Text(text) => Input::Text(text.into()),
            Tree::List(_) | Tree::Map(_) | Tree::Bytes | Tree::TooDeep => return None,
        })
    }

    pub(super) fn wrong(&self, expected: impl Into<String>) -> LeadError {
        here(LeadErrorKind::wrong(self.describe(), expected))
    }
}

impl<'a> Raw<'a> for &'a Tree {
    fn input(self, of: &Type) -> Result<Input<'a>, LeadError> {
        match self {
            Tree::List(items) if items.is_empty() => Ok(Input::Missing),
            Tree::List(items) if *of == Type::SetOfText => {
                let mut texts = Vec::with_capacity(items.len());
                for (place, item) in items.iter().enumerate() {
                    match item {
                        Tree::Missing => {}
                        Tree::Text(text) => texts.push(Cow::Borrowed(text.as_str())),
                        other => return Err(other.wrong("a text").within(&format!("[{place}]"))),
                    }
                }
                Ok(Input::Texts(texts))
            }
            other => other.plain().ok_or_else(|| other.wrong(convert::expected(of))),
        }
    }
}

impl<'a> RawObject<'a> for &'a Tree {
    fn entries(self) -> Result<Vec<(Cow<'a, str>, Self)>, LeadError> {
        match self {
            Tree::Missing => Ok(Vec::new()),
            Tree::Map(entries) => Ok(entries.iter().map(|(key, value)| (key.into(), value)).collect()),
            other => Err(other.wrong("a map or a struct")),
        }
    }
}

/// The host's `Serialize` gave up, with these words.
#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl ser::Error for Failure {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Failure(text.to_string())
    }
}

/// Makes a tree; `depth` levels are above it.
#[derive(Clone, Copy)]
struct Planter {
    depth: u8,
}

impl Planter {
    /// The tree of a part, one level down.
    fn part<T: Serialize + ?Sized>(self, value: &T) -> Result<Tree, Failure> {
        if self.depth >= DEEPEST {
            return Ok(Tree::TooDeep);
        }
        value.serialize(Planter { depth: self.depth + 1 })
    }
}

macro_rules! plain {
    ($($method:ident($value:ident: $of:ty) => $tree:expr;)+) => {$(
        fn $method(self, $value: $of) -> Result<Tree, Failure> {
            Ok($tree)
        }
    )+};
}

impl ser::Serializer for Planter {
    type Ok = Tree;
    type Error = Failure;
    type SerializeSeq = ListPlanter;
    type SerializeTuple = ListPlanter;
    type SerializeTupleStruct = ListPlanter;
    type SerializeTupleVariant = ListPlanter;
    type SerializeMap = MapPlanter;
    type SerializeStruct = MapPlanter;
    type SerializeStructVariant = MapPlanter;

    plain! {
        serialize_bool(value: bool) => Tree::Flag(value);
        serialize_i8(value: i8) => Tree::Integer(value.into());
        serialize_i16(value: i16) => Tree::Integer(value.into());
        serialize_i32(value: i32) => Tree::Integer(value.into());
        serialize_i64(value: i64) => Tree::Integer(value.into());
        serialize_i128(value: i128) => Tree::Integer(value);
        serialize_u8(value: u8) => Tree::Integer(value.into());
        serialize_u16(value: u16) => Tree::Integer(value.into());
        serialize_u32(value: u32) => Tree::Integer(value.into());
        serialize_u64(value: u64) => Tree::Integer(value.into());
        serialize_u128(value: u128) => Tree::Decimal(value.to_string());
        serialize_f64(value: f64) => Tree::Double(value);
        serialize_char(value: char) => Tree::Text(value.into());
        serialize_str(value: &str) => Tree::Text(value.into());
        serialize_bytes(_value: &[u8]) => Tree::Bytes;
        serialize_unit_struct(_name: &'static str) => Tree::Missing;
    }

    fn serialize_f32(self, value: f32) -> Result<Tree, Failure> {
        Ok(match Input::from(value) {
            Input::Decimal(digits) => Tree::Decimal(digits.into_owned()),
            _ => Tree::Double(value.into()),
        })
    }

    fn serialize_none(self) -> Result<Tree, Failure> {
        Ok(Tree::Missing)
    }

    fn serialize_unit(self) -> Result<Tree, Failure> {
        Ok(Tree::Missing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Tree, Failure> {
        self.part(value)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Tree, Failure> {
        Ok(Tree::Text(variant.into()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Tree, Failure> {
        self.part(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Tree, Failure> {
        Ok(Tree::Map(vec![(variant.into(), self.part(value)?)]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<ListPlanter, Failure> {
        Ok(ListPlanter { planter: self, items: Vec::new(), variant: None })
    }

    fn serialize_tuple(self, length: usize) -> Result<ListPlanter, Failure> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<ListPlanter, Failure> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<ListPlanter, Failure> {
        Ok(ListPlanter { planter: self, items: Vec::new(), variant: Some(variant) })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<MapPlanter, Failure> {
        Ok(MapPlanter { planter: self, entries: Vec::new(), key: None, variant: None })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<MapPlanter, Failure> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<MapPlanter, Failure> {
        Ok(MapPlanter { planter: self, entries: Vec::new(), key: None, variant: Some(variant) })
    }
}

/// `tree`, or, of a variant of an enum, a map from the variant's name to it.
fn of_variant(variant: Option<&'static str>, tree: Tree) -> Tree {
    match variant {
        Some(variant) => Tree::Map(vec![(variant.into(), tree)]),
        None => tree,
    }
}

struct ListPlanter {
    planter: Planter,
    items: Vec<Tree>,
    variant: Option<&'static str>,
}

macro_rules! lists {
    ($($trait:ident::$method:ident),+) => {$(
        impl ser::$trait for ListPlanter {
            type Ok = Tree;
            type Error = Failure;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
                self.items.push(self.planter.part(value)?);
                Ok(())
            }

            fn end(self) -> Result<Tree, Failure> {
                Ok(of_variant(self.variant, Tree::List(self.items)))
            }
        }
    )+};
}

lists!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

struct MapPlanter {
    planter: Planter,
    entries: Vec<(String, Tree)>,
    /// The key whose value comes next.
    key: Option<String>,
    variant: Option<&'static str>,
}

impl MapPlanter {
    fn end(self) -> Tree {
        of_variant(self.variant, Tree::Map(self.entries))
    }
}

impl ser::SerializeMap for MapPlanter {
    type Ok = Tree;
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        // One level is left, for a key in a wrapper of its own.
        self.key = Some(match key.serialize(Planter { depth: DEEPEST - 1 })? {
            Tree::Text(text) => text,
            Tree::Integer(integer) => integer.to_string(),
            other => {
                return Err(Failure(format!(
                    "{} is the key of a map, a text belongs there",
                    other.describe()
                )));
            }
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let key = self.key.take().ok_or_else(|| Failure("a map gave a value before its key".into()))?;
        self.entries.push((key, self.planter.part(value)?));
        Ok(())
    }

    fn end(self) -> Result<Tree, Failure> {
        Ok(self.end())
    }
}

macro_rules! structs {
    ($($trait:ident),+) => {$(
        impl ser::$trait for MapPlanter {
            type Ok = Tree;
            type Error = Failure;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Failure> {
                self.entries.push((key.into(), self.planter.part(value)?));
                Ok(())
            }

            fn end(self) -> Result<Tree, Failure> {
                Ok(self.end())
            }
        }
    )+};
}

structs!(SerializeStruct, SerializeStructVariant);

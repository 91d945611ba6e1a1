//! The shapes of the cells in a column, for the description of the JSON in the API.

use utoipa::ToSchema;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, RefBuilder, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{RefOr, Schema};

use super::table::{Cell, Column};

/// The shape of one cell.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    kind: Kind,
    may_be_null: bool,
    about: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Int,
    Time,
    Bool,
    List,
    /// Any JSON value.
    Json,
    /// One word of a set. The set's schema has a name in the description.
    Word(Named),
    Objects(Named),
}

type Named = fn() -> std::borrow::Cow<'static, str>;

pub const TEXT: Shape = Shape::of(Kind::Text);
pub const INT: Shape = Shape::of(Kind::Int);
pub const TIME: Shape = Shape::of(Kind::Time);
pub const FLAG: Shape = Shape::of(Kind::Bool);
pub const LIST: Shape = Shape::of(Kind::List);
pub const JSON: Shape = Shape::of(Kind::Json).or_null();

/// A cell that contains one of the words of `W`.
pub const fn word<W: ToSchema>() -> Shape {
    Shape::of(Kind::Word(W::name))
}

/// A cell that contains any number of `O`s.
pub const fn objects<O: ToSchema>() -> Shape {
    Shape::of(Kind::Objects(O::name))
}

impl Shape {
    const fn of(kind: Kind) -> Self {
        Self { kind, may_be_null: false, about: None }
    }

    pub const fn or_null(self) -> Self {
        Self { may_be_null: true, ..self }
    }

    /// Adds a description of the column.
    pub const fn told(self, about: &'static str) -> Self {
        Self { about: Some(about), ..self }
    }

    /// Whether the cell has this shape.
    pub fn fits(self, cell: &Cell<'_>) -> bool {
        match (self.kind, cell) {
            (Kind::Text | Kind::Word(_), Cell::Text(text)) => self.may_be_null || text.is_some(),
            (Kind::Int, Cell::Int(number)) => self.may_be_null || number.is_some(),
            (Kind::Time, Cell::Time(time)) => self.may_be_null || time.is_some(),
            (Kind::Json, _)
            | (Kind::Bool, Cell::Bool(_))
            | (Kind::List, Cell::List(_))
            | (Kind::Objects(_), Cell::Objects(_)) => true,
            _ => false,
        }
    }

    fn schema(self) -> RefOr<Schema> {
        let plain = |kind: Type| {
            let mut types = vec![kind];
            types.extend(self.may_be_null.then_some(Type::Null));
            let kind = if types.len() > 1 { SchemaType::from_iter(types) } else { types.remove(0).into() };
            ObjectBuilder::new().schema_type(kind).description(self.about)
        };
        let list = || ArrayBuilder::new().description(self.about);
        let named = |name: Named| RefBuilder::new().ref_location_from_schema_name(name());
        match self.kind {
            Kind::Text => plain(Type::String).into(),
            Kind::Int => plain(Type::Integer).into(),
            Kind::Bool => plain(Type::Boolean).into(),
            Kind::Json => {
                ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(self.about).into()
            }
            Kind::Time => {
                plain(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).into()
            }
            Kind::List => list().items(ObjectBuilder::new().schema_type(Type::String)).into(),
            Kind::Objects(name) => list().items(named(name)).into(),
            Kind::Word(name) if self.may_be_null => OneOfBuilder::new()
                .item(ObjectBuilder::new().schema_type(Type::Null))
                .item(named(name))
                .description(self.about)
                .into(),
            Kind::Word(name) => RefOr::Ref(named(name).description(self.about).build()),
        }
    }
}

/// The schema of a row as an object.
pub fn object<R>(columns: &[Column<R>]) -> ObjectBuilder {
    columns.iter().fold(ObjectBuilder::new(), |object, (name, shape, _)| {
        object.property(*name, shape.schema()).required(*name)
    })
}

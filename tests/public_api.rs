//! The public surface: `tests/public_api.txt` lists it, so that a change of it is seen in review.
//!
//! Whatever is `pub` in the sources is reachable from outside, or the lint `unreachable_pub` would say so; so the list
//! is what is `pub`, file by file, without bodies and docs. Of macros that make public items the text is listed.
//! To write the list anew, set `LEADQL_BLESS=1`, run this test, and read what has changed.

#![expect(clippy::unwrap_used, reason = "what helps a test fails by panicking too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, ItemMacro, TraitItem, Type, Visibility, parse_quote};

const LIST: &str = "tests/public_api.txt";

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !["bin", "tests", "twins"].contains(&name) {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// What the surface depends on stays; documents, lints and derived traits that only tests see do not.
fn keep_attributes(attributes: &mut Vec<Attribute>) {
    const KEPT: [&str; 6] = ["derive", "non_exhaustive", "must_use", "cfg", "deprecated", "serde"];
    attributes.retain(|attribute| KEPT.iter().any(|kept| attribute.path().is_ident(kept)));
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

/// Fields that are not public are left out; `_: ()` stands for them.
fn keep_fields(fields: &mut Fields) {
    match fields {
        Fields::Named(named) => {
            let all = std::mem::take(&mut named.named);
            let count = all.len();
            named.named = all.into_iter().filter(|field| is_public(&field.vis)).collect();
            named.named.iter_mut().for_each(|field| keep_attributes(&mut field.attrs));
            if named.named.len() < count {
                named.named.push(parse_quote!(_private: ()));
            }
        }
        Fields::Unnamed(unnamed) => {
            for field in &mut unnamed.unnamed {
                keep_attributes(&mut field.attrs);
                if !is_public(&field.vis) {
                    field.ty = parse_quote!(_);
                }
            }
        }
        Fields::Unit => {}
    }
}

/// The name that an `impl` is for, if it is a plain one.
fn name_of(kind: &Type) -> Option<String> {
    match kind {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        Type::Reference(reference) => name_of(&reference.elem),
        _ => None,
    }
}

fn keep_impl(mut item: ItemImpl, public: &BTreeSet<String>) -> Option<Item> {
    if is_for_tests(&item.attrs) || !name_of(&item.self_ty).is_some_and(|name| public.contains(&name)) {
        return None;
    }
    keep_attributes(&mut item.attrs);
    let is_trait = item.trait_.is_some();
    item.items = item
        .items
        .into_iter()
        .filter_map(|item| match item {
            ImplItem::Fn(mut function) if is_public(&function.vis) => {
                keep_attributes(&mut function.attrs);
                function.block = parse_quote!({});
                Some(ImplItem::Fn(function))
            }
            ImplItem::Const(mut constant) if is_public(&constant.vis) => {
                keep_attributes(&mut constant.attrs);
                Some(ImplItem::Const(constant))
            }
            ImplItem::Type(kind) if is_trait => Some(ImplItem::Type(kind)),
            _ => None,
        })
        .collect();
    (is_trait || !item.items.is_empty()).then_some(Item::Impl(item))
}

/// Macros that make public items, and where they are called.
fn keep_macro(mut item: ItemMacro) -> Option<Item> {
    let text = item.mac.tokens.to_string();
    let makes =
        ["fn", "struct", "enum", "trait", "const"].iter().any(|kind| text.contains(&format!("pub {kind} ")));
    let is_called =
        ["codes", "from_integers", "stages", "stage_table"].iter().any(|name| item.mac.path.is_ident(name));
    if is_for_tests(&item.attrs) || !(makes || is_called) {
        return None;
    }
    keep_attributes(&mut item.attrs);
    Some(Item::Macro(item))
}

fn keep(item: Item, public: &BTreeSet<String>) -> Option<Item> {
    match item {
        Item::Struct(mut item) if is_public(&item.vis) => {
            keep_attributes(&mut item.attrs);
            keep_fields(&mut item.fields);
            Some(Item::Struct(item))
        }
        Item::Enum(mut item) if is_public(&item.vis) => {
            keep_attributes(&mut item.attrs);
            item.variants.iter_mut().for_each(|variant| keep_attributes(&mut variant.attrs));
            for field in item.variants.iter_mut().flat_map(|variant| variant.fields.iter_mut()) {
                keep_attributes(&mut field.attrs);
            }
            Some(Item::Enum(item))
        }
        Item::Fn(mut item) if is_public(&item.vis) => {
            keep_attributes(&mut item.attrs);
            item.block = parse_quote!({});
            Some(Item::Fn(item))
        }
        Item::Trait(mut item) if is_public(&item.vis) => {
            keep_attributes(&mut item.attrs);
            for member in &mut item.items {
                if let TraitItem::Fn(function) = member {
                    keep_attributes(&mut function.attrs);
                    function.default = function.default.is_some().then(|| parse_quote!({}));
                }
            }
            Some(Item::Trait(item))
        }
        Item::Const(mut item) if is_public(&item.vis) => {
            keep_attributes(&mut item.attrs);
            Some(Item::Const(item))
        }
        Item::Type(mut item) if is_public(&item.vis) => {
            keep_attributes(&mut item.attrs);
            Some(Item::Type(item))
        }
        Item::Use(mut item) if is_public(&item.vis) => {
            keep_attributes(&mut item.attrs);
            Some(Item::Use(item))
        }
        Item::Mod(mut item) if is_public(&item.vis) && !is_for_tests(&item.attrs) => {
            keep_attributes(&mut item.attrs);
            if let Some((_, items)) = &mut item.content {
                *items = std::mem::take(items).into_iter().filter_map(|item| keep(item, public)).collect();
            }
            Some(Item::Mod(item))
        }
        Item::Impl(item) => keep_impl(item, public),
        Item::Macro(item) => keep_macro(item),
        _ => None,
    }
}

/// The types that are public, macros aside.
fn public_types(items: &[Item]) -> impl Iterator<Item = String> {
    items.iter().filter_map(|item| match item {
        Item::Struct(item) if is_public(&item.vis) => Some(item.ident.to_string()),
        Item::Enum(item) if is_public(&item.vis) => Some(item.ident.to_string()),
        _ => None,
    })
}

#[test]
fn the_public_surface_is_listed() {
    let mut paths = Vec::new();
    sources(Path::new("src"), &mut paths);
    paths.sort();
    let files: Vec<(PathBuf, syn::File)> = paths
        .into_iter()
        .map(|path| {
            let parsed = syn::parse_file(&fs::read_to_string(&path).unwrap());
            let parsed = parsed.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, parsed)
        })
        .collect();
    // `Code` is made by a macro.
    let made = ["Code".to_owned()];
    let public: BTreeSet<String> =
        files.iter().flat_map(|(_, file)| public_types(&file.items)).chain(made).collect();
    let mut listed = String::new();
    for (path, file) in files {
        let items: Vec<Item> = file.items.into_iter().filter_map(|item| keep(item, &public)).collect();
        if !items.is_empty() {
            let path = path.to_str().unwrap().replace('\\', "/");
            let text = prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items });
            listed.push_str(&format!("// {path}\n{}\n", text.replace("_private: (),", "// private fields")));
        }
    }
    if std::env::var_os("LEADQL_BLESS").is_some_and(|value| value == "1") {
        fs::write(LIST, &listed).unwrap();
    }
    let kept = fs::read_to_string(LIST).unwrap();
    let differs = kept.lines().zip(listed.lines()).position(|(kept, listed)| kept != listed);
    if let Some(line) = differs.or((kept.len() != listed.len()).then_some(kept.lines().count())) {
        let found = listed.lines().skip(line).take(3).collect::<Vec<_>>().join("\n");
        panic!(
            "{LIST}:{}: the public surface is another (LEADQL_BLESS=1 writes it anew):\n{found}",
            line + 1
        );
    }
}

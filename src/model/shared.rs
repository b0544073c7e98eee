//! Lists that many parts of a model share.
//!
//! A rule set may name one long list in thousands of places. Each of them holds a [`Shared`], so that a model
//! stays about as large as its text, and hashing or comparing a test costs the same however long its list is.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A list that is cheap to clone, to hash and to compare.
#[derive(Clone, Debug)]
pub(crate) struct Shared<T> {
    items: Arc<[T]>,
    /// A hash of the items, made once.
    hash: u64,
}

impl<T: Hash> From<Vec<T>> for Shared<T> {
    fn from(items: Vec<T>) -> Self {
        let mut hasher = DefaultHasher::new();
        items.hash(&mut hasher);
        Shared { items: items.into(), hash: hasher.finish() }
    }
}

impl<T: Hash> FromIterator<T> for Shared<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Deref for Shared<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.items, &other.items) || (self.hash == other.hash && self.items == other.items)
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_equal_by_what_they_hold() {
        let one: Shared<u8> = vec![1, 2].into();
        assert_eq!(one, one.clone());
        assert_eq!(one, Shared::from(vec![1, 2]));
        assert_ne!(one, Shared::from(vec![2, 1]));
        assert_eq!(one.len(), 2);
    }
}

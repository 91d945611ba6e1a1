//! Multi-row statements with few distinct texts, so that prepared ones are found again.

/// `($1,$2),($3,$4)` for two rows of two columns; goes behind `VALUES`, or as one row inside `IN`.
#[must_use]
pub fn values(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            text.push_str(if column == 0 { "$" } else { ",$" });
            text.push_str(&(row * columns + column + 1).to_string());
        }
        text.push(')');
    }
    text
}

/// How many rows a statement may have, so that it has one of sixteen texts however many rows come. With powers of two
/// alone, 63 rows would take six statements instead of three, and a statement costs more than its rows.
const SIZES: [usize; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];
const LARGEST: usize = SIZES[SIZES.len() - 1];

/// Cuts `items` into runs of one of the [`SIZES`], the largest first.
pub fn chunks<T>(mut items: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = *SIZES.iter().rfind(|size| **size <= items.len())?;
        let (head, tail) = items.split_at(size);
        items = tail;
        Some(head)
    })
}

/// Cuts `keys` into lists of one of the [`SIZES`] for a lookup; the last one is filled up with a key it has, which
/// finds nothing new.
pub fn padded<K: Copy>(keys: &[K]) -> impl Iterator<Item = Vec<K>> {
    keys.chunks(LARGEST).map(|chunk| {
        let size = SIZES.iter().find(|size| **size >= chunk.len()).copied().unwrap_or(LARGEST);
        let mut list = chunk.to_vec();
        list.extend(std::iter::repeat_n(chunk[0], size - chunk.len()));
        list
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_on_over_the_rows() {
        assert_eq!(values(2, 3), "($1,$2,$3),($4,$5,$6)");
    }

    #[test]
    fn chunks_keep_order_and_lose_nothing() {
        let items: Vec<usize> = (0..343).collect();
        let sizes: Vec<usize> = chunks(&items).map(<[usize]>::len).collect();
        assert_eq!(sizes, [256, 64, 16, 6, 1]);
        assert_eq!(chunks(&items).flatten().copied().collect::<Vec<_>>(), items);
    }

    #[test]
    fn lookups_have_one_of_the_sizes_and_ask_for_every_key() {
        let keys: Vec<usize> = (0..300).collect();
        let lists: Vec<Vec<usize>> = padded(&keys).collect();
        assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), [256, 48]);
        assert!(keys.iter().all(|key| lists.iter().flatten().any(|listed| listed == key)));
        assert_eq!(padded::<usize>(&[]).count(), 0);
    }
}

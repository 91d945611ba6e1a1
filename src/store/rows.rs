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

/// Cuts `items` into runs of 256, 64, 16, 4 or 1, so that a statement has one of five texts however many rows come.
pub fn chunks<T>(mut items: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = [256, 64, 16, 4, 1].into_iter().find(|size| *size <= items.len())?;
        let (head, tail) = items.split_at(size);
        items = tail;
        Some(head)
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
        assert_eq!(sizes, [256, 64, 16, 4, 1, 1, 1]);
        assert_eq!(chunks(&items).flatten().copied().collect::<Vec<_>>(), items);
    }
}

//! Iterates over the items of a batch, which is an array or lines. It stores none of them, so a batch takes no more
//! memory than its text.

use serde::de::IgnoredAny;

use super::json::{Malformed, text};

/// How the items are arranged in a batch's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON array.
    Array,
    /// One JSON value per line.
    Lines,
}

/// A position in a batch. It does not hold the text, which the caller passes in each time.
#[derive(Debug)]
pub struct Items {
    form: Form,
    at: usize,
    /// How many lines have been read, including blank ones.
    lines: usize,
}

impl Items {
    /// Starts at the beginning of a batch.
    ///
    /// # Errors
    /// Fails if a batch of the form `Array` is not an array. Neither the items of an array nor lines are checked.
    pub fn of(batch: &[u8], form: Form) -> Result<Self, Malformed> {
        let mark = if batch.starts_with("\u{feff}".as_bytes()) { "\u{feff}".len() } else { 0 };
        if form == Form::Lines {
            return Ok(Self { form, at: mark, lines: 0 });
        }
        serde_json::from_str::<Vec<IgnoredAny>>(text(batch)?)?;
        let open = batch.iter().position(|byte| *byte == b'[').unwrap_or(batch.len());
        Ok(Self { form, at: open + 1, lines: 0 })
    }

    /// Returns the next item of `batch`, which must be the text that [`Items::of`] was given.
    pub fn next<'b>(&mut self, batch: &'b [u8]) -> Option<&'b [u8]> {
        match self.form {
            Form::Array => self.next_value(batch),
            Form::Lines => self.next_line(batch),
        }
    }

    /// How many bytes of the text have been read.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.at
    }

    /// The line that the last item is on, counted from 1, if the items are lines.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        (self.form == Form::Lines).then_some(self.lines)
    }

    fn next_line<'b>(&mut self, batch: &'b [u8]) -> Option<&'b [u8]> {
        loop {
            let rest = batch.get(self.at..).filter(|rest| !rest.is_empty())?;
            let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            self.at += end + 1;
            self.lines += 1;
            let line = &rest[..end];
            if !line.trim_ascii().is_empty() {
                return Some(line);
            }
        }
    }

    /// Returns the next value of the array. The text is known to be a valid array, so it is enough to find where the
    /// value ends.
    fn next_value<'b>(&mut self, batch: &'b [u8]) -> Option<&'b [u8]> {
        let between = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
        let rest = batch.get(self.at..)?;
        let begin = self.at + rest.iter().position(|byte| !between(byte))?;
        if batch[begin] == b']' {
            self.at = batch.len();
            return None;
        }
        self.at = begin + length_of_value(&batch[begin..]);
        Some(&batch[begin..self.at])
    }
}

/// Returns the length in bytes of the value at the start of a well-formed text.
fn length_of_value(text: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at += length_of_string(&text[at..]) - 1,
            b'[' | b'{' => depth += 1,
            // Here the enclosing array continues or ends.
            b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 && matches!(byte, b'"' | b']' | b'}') {
            return at;
        }
    }
    at
}

fn length_of_string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn all(batch: &str, form: Form) -> Vec<String> {
        let mut items = Items::of(batch.as_bytes(), form).unwrap();
        let mut all = Vec::new();
        while let Some(item) = items.next(batch.as_bytes()) {
            all.push(String::from_utf8(item.to_vec()).unwrap());
        }
        all
    }

    #[test]
    fn an_array_is_cut_into_its_items_whatever_they_are() {
        let batch = "\u{feff} [ 7 ,\n{\"a\":\"]}\\\"\",\"b\":[1,{}]},null,\"x,y\",[[],[2]] ,\t-1.5e3]\n";
        assert_eq!(
            all(batch, Form::Array),
            ["7", r#"{"a":"]}\"","b":[1,{}]}"#, "null", "\"x,y\"", "[[],[2]]", "-1.5e3"]
        );
        assert!(all("[]", Form::Array).is_empty() && all(" [ ] ", Form::Array).is_empty());
    }

    #[test]
    fn what_is_no_array_is_refused_with_its_place() {
        for (batch, column) in [("[1,2", 4), ("[1 2]", 4), ("[1,]", 4), ("[1]]", 4), ("[nul]", 5), ("{}", 0)]
        {
            let error = Items::of(batch.as_bytes(), Form::Array).unwrap_err();
            assert_eq!((error.line, error.column), (1, column), "{batch}: {error}");
        }
    }

    #[test]
    fn lines_are_items_and_blank_ones_are_none() {
        assert_eq!(all("\u{feff}{}\r\n\n \n{oops\n7", Form::Lines), ["{}\r", "{oops", "7"]);
        assert!(all("", Form::Lines).is_empty());
    }

    #[test]
    fn an_item_knows_its_line_of_the_text() {
        let batch = "\u{feff}\r\n{}\r\n\n \n{oops\n7";
        let mut items = Items::of(batch.as_bytes(), Form::Lines).unwrap();
        let mut lines = Vec::new();
        while items.next(batch.as_bytes()).is_some() {
            lines.push(items.line().unwrap());
        }
        assert_eq!(lines, [2, 5, 6]);
        assert_eq!(Items::of(b"[1]", Form::Array).unwrap().line(), None);
    }

    proptest! {
        #[test]
        fn the_items_of_any_array_are_its_values(numbers in any::<Vec<f64>>(), texts in any::<Vec<String>>()) {
            let items: Vec<Value> = numbers.iter().map(|number| Value::from(*number))
                .chain(texts.iter().map(|text| serde_json::json!({ text: [text] })))
                .collect();
            for batch in [serde_json::to_string(&items).unwrap(), serde_json::to_string_pretty(&items).unwrap()] {
                let cut: Vec<Value> =
                    all(&batch, Form::Array).iter().map(|item| serde_json::from_str(item).unwrap()).collect();
                let whole: Vec<Value> = serde_json::from_str(&batch).unwrap();
                prop_assert_eq!(cut, whole);
            }
        }
    }
}

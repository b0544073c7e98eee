//! One file, read by two at a time: standard input cannot be opened again.
//!
//! What either half has read and the other has not is held; as long as both go on line by line that is a few blocks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// What the halves share.
struct Source {
    reader: Box<dyn BufRead>,
    /// Blocks that not both halves have taken.
    blocks: VecDeque<Rc<[u8]>>,
    /// The number of the first of them.
    first: usize,
    /// The number of the block that each half takes next.
    next: [usize; 2],
}

/// One of two that read the same bytes.
pub(super) struct Half {
    source: Rc<RefCell<Source>>,
    number: usize,
    block: Rc<[u8]>,
    /// How much of the block is read.
    read: usize,
}

/// Two readers of the same bytes.
pub(super) fn twice(reader: Box<dyn BufRead>) -> (Half, Half) {
    let source = Source { reader, blocks: VecDeque::new(), first: 0, next: [0, 0] };
    let source = Rc::new(RefCell::new(source));
    let half = |number| Half { source: Rc::clone(&source), number, block: Rc::from([]), read: 0 };
    (half(0), half(1))
}

impl Source {
    /// The next block of a half; an empty one at the end.
    fn take(&mut self, half: usize) -> io::Result<Rc<[u8]>> {
        let [one, other] = &mut self.next;
        let (next, others) = if half == 0 { (one, *other) } else { (other, *one) };
        let block = match self.blocks.get(next.saturating_sub(self.first)) {
            Some(block) => Rc::clone(block),
            None => {
                let read = self.reader.fill_buf()?;
                let block: Rc<[u8]> = Rc::from(read);
                self.reader.consume(block.len());
                if block.is_empty() {
                    // The end stays the end.
                    return Ok(block);
                }
                self.blocks.push_back(Rc::clone(&block));
                block
            }
        };
        *next += 1;
        let taken_by_both = (*next).min(others);
        while self.first < taken_by_both {
            self.blocks.pop_front();
            self.first += 1;
        }
        Ok(block)
    }
}

impl BufRead for Half {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read >= self.block.len() {
            self.block = self.source.borrow_mut().take(self.number)?;
            self.read = 0;
        }
        Ok(self.block.get(self.read..).unwrap_or(&[]))
    }

    fn consume(&mut self, amount: usize) {
        self.read = self.read.saturating_add(amount).min(self.block.len());
    }
}

impl Read for Half {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.fill_buf()?;
        let read = rest.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_read_all_of_it_in_any_order() {
        let text: String = (0..1_000).map(|number| format!("line {number}\n")).collect();
        let reader = io::BufReader::with_capacity(100, io::Cursor::new(text.clone().into_bytes()));
        let (mut one, mut other) = twice(Box::new(reader));
        let mut line = String::new();
        for _ in 0..50 {
            one.read_line(&mut line).unwrap();
        }
        let mut all = String::new();
        other.read_to_string(&mut all).unwrap();
        one.read_to_string(&mut line).unwrap();
        assert_eq!((line, all), (text.clone(), text));
        assert!(one.source.borrow().blocks.is_empty());
    }
}

//! Whether the rule set is due for the review that it asks for.

use super::Look;
use crate::diagnostic::{Code, Diagnostic};
use crate::time::Instant;

impl Look<'_> {
    /// `review every D since T` is overdue from T + D on; without `since` nobody can tell.
    pub(super) fn overdue(&mut self, at: Instant) {
        let about = &self.model.about;
        let (Some((every, Some(since))), Some(place)) = (about.review, about.review_place) else { return };
        let Some(due) = since.plus(every).filter(|due| *due <= at) else { return };
        let day = |at: Instant| at.to_string().chars().take(10).collect::<String>();
        let message = format!("the review of this rule set was due on {}", day(due));
        let found = Diagnostic::new(
            Code::ReviewOverdue,
            place,
            message,
            format!("every {every} since {}", day(since)),
        );
        let owners: Vec<String> =
            about.owners.iter().map(|(role, name)| format!("{name} ({role})")).collect();
        let who = if owners.is_empty() { String::new() } else { format!(" by {}", owners.join(" and ")) };
        self.report(found.help(format!("once it is looked through{who}, write `since {}`", day(at))));
    }
}

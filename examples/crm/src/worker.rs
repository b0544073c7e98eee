//! Looks at leads when their time has come: an evaluation says until when it is true, and a deadline when it passes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::crm::Crm;
use crate::failure::{Failure, log};
use crate::store::Database;

/// How late a lead may be looked at.
const EVERY: Duration = Duration::from_millis(500);

/// So many leads are evaluated in one transaction; requests come in between.
const AT_ONCE: u32 = 100;

/// Goes on until the database is gone.
pub(crate) async fn work(crm: Arc<Crm>, database: Database) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        loop {
            let crm = crm.clone();
            let looked = database.write(move |transaction, now| crm.look_at_due(transaction, AT_ONCE, now));
            match looked.await {
                Ok((found, troubles)) => {
                    troubles.iter().for_each(|trouble| log(trouble));
                    if found < AT_ONCE as usize {
                        break;
                    }
                }
                Err(Failure::Stopped) => return,
                Err(failure) => {
                    log(&format!("looking at what is due: {failure}"));
                    break;
                }
            }
        }
    }
}

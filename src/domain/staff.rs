//! Roles of the company's own people, and what is noted of what they do.

use super::scale::written;

written! {
    /// What somebody of the company may do; each may do what those before it may.
    Role { Agent = "agent", Lead = "lead", Admin = "admin" }
}

impl Role {
    /// Whether the role decides where alerts go.
    #[must_use]
    pub fn may_route_alerts(self) -> bool {
        self >= Self::Lead
    }
}

written! {
    /// What staff do that is noted with who did it and when.
    Deed {
        RoleGiven = "role_given", RoleTaken = "role_taken",
        InviteMade = "invite_made", InviteUsed = "invite_used", InviteWithdrawn = "invite_withdrawn",
        DraftBegun = "draft_begun", DraftDiscarded = "draft_discarded",
        ScriptPublished = "script_published", ScriptRolledBack = "script_rolled_back",
        AgentIdGiven = "agent_id_given", AgentIdTaken = "agent_id_taken",
        TimeZoneSet = "time_zone_set",
        AlertsSubscribed = "alerts_subscribed", AlertsUnsubscribed = "alerts_unsubscribed",
        AlertsWithdrawn = "alerts_withdrawn", AlertsKept = "alerts_kept",
        ScriptPaused = "script_paused", ScriptResumed = "script_resumed",
        ForgetErased = "forget_erased", ForgetKept = "forget_kept",
    }
}

//! The roles of the company's staff, and which of their actions are recorded.

use super::scale::written;

written! {
    /// What a member of staff may do. Each role may also do everything that the roles before it may.
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
    /// Staff actions that are recorded together with who did them and when.
    Deed {
        RoleGiven = "role_given", RoleTaken = "role_taken",
        InviteMade = "invite_made", InviteUsed = "invite_used", InviteWithdrawn = "invite_withdrawn",
        DraftBegun = "draft_begun", DraftDiscarded = "draft_discarded",
        ScriptPublished = "script_published", ScriptRolledBack = "script_rolled_back",
        AgentIdGiven = "agent_id_given", AgentIdTaken = "agent_id_taken",
        TimeZoneSet = "time_zone_set",
        AlertsSubscribed = "alerts_subscribed", AlertsUnsubscribed = "alerts_unsubscribed",
        AlertsWithdrawn = "alerts_withdrawn", AlertsKept = "alerts_kept",
        AlertsRouted = "alerts_routed",
        ScriptPaused = "script_paused", ScriptResumed = "script_resumed",
        ForgetErased = "forget_erased", ForgetKept = "forget_kept",
        PageShared = "page_shared", PageShareEnded = "page_share_ended",
        CaseSettingSet = "case_setting_set", CaseMuted = "case_muted", CaseUnmuted = "case_unmuted",
    }
}

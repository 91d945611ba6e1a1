# Roles, invitations and what staff did, as admins see them.

role-admin = admin
role-lead = lead
role-agent = agent

team-title = <b>Team</b>
team-nobody = Nobody has been given a role yet.
team-by-environment = set in ADMIN_IDS
team-agent-id = ID { $id }
team-more = …and { $count } more: <code>afterword staff list</code> shows all
team-open-invites = Invitations not used yet: { $count }.
team-button-invite = Invite
team-button-log = Log
team-button-back = ‹ Team
team-button-remove = Remove from the team
team-button-remove-now = Yes, remove
team-button-keep = No, keep
team-button-withdraw = Cancel the link
team-button-older = Earlier
team-button-agent = ID in your system
team-button-other-agent = Change ID
team-button-no-agent = Remove ID
team-button-cancel = Cancel
team-button-log-file = Log as a file
team-button-chats = Chats cut off from scores: { $count }
team-button-member = Open

team-member = Role: { $role }
team-member-since = On the team since { $since }
team-member-agent = ID in your system: { $id }
team-ask-agent = Which ID does { $name } have in your system? Write it exactly as it comes in the field <code>agent.id</code>.
team-agent-wrong = That is not allowed: use 1 to 128 visible characters in one line.
team-agent-taken = { $name } already has the ID { $id }. Remove it there first.
team-what-they-do = An admin sets up surveys and roles, a lead gets bad scores, an agent answers customers and is rated.
team-configured = The setting ADMIN_IDS sets this role: it can only be changed there.
team-sure = Remove { $name } from the team? They lose the role at once; the log stays.
team-invite-role = Which role should they have?
team-invite = Forward this link to the person you invite. Role: { $role }.
team-invite-once = It works once, for the first person who opens it, until { $until }.
team-closed = This screen is for admins, and you are no longer one.
team-in-private = Please send this command to the bot in private.

team-toast-role = Done: { $role }
team-toast-removed = Role removed
team-toast-no-agent = ID removed
team-toast-gone = They no longer have a role
team-toast-withdrawn = The link no longer works
team-toast-used = The link has already been used
team-toast-last-admin = This is the only admin. Make somebody else an admin first.
team-toast-configured = ADMIN_IDS sets this role, it can only be changed there
team-toast-not-admin = You are no longer an admin
team-told-role = Your role in this bot is now: { $role }.
team-told-invite-used = ✅ Your invitation was used: { $person }. Role: { $role }.
team-told-removed = You no longer have a role in this bot.

log-title = <b>Log</b>
log-empty = Nothing has happened yet.
log-shell = command line
log-role-given = { $actor }: { $person } is now { $role }
log-role-changed = { $actor }: { $person } is now { $role } (before: { $former })
log-role-taken = { $actor }: { $person } is no longer { $former }
log-invite-made = { $actor }: an invitation, role { $role }
log-invite-used = { $person } is now { $role }, by an invitation
log-invite-withdrawn = { $actor }: cancelled an invitation, role { $role }
log-invite-ended = { $actor }: cancelled the invitation by { $person }, role { $role }
log-draft-begun = { $actor }: began a draft of “{ $script }”
log-draft-discarded = { $actor }: deleted the draft of “{ $script }”
log-script-published = { $actor }: published “{ $script }”, version { $version }
log-script-rolled-back = { $actor }: brought an earlier “{ $script }” back as version { $version }
log-script-paused = { $actor }: paused “{ $script }”
log-script-resumed = { $actor }: resumed “{ $script }”
log-agent-id-given = { $actor }: { $person } has the ID { $detail } in your system
log-agent-id-taken = { $actor }: { $person } no longer has the ID { $detail }
log-time-zone-set = { $actor }: default time zone set to { $detail }
log-case-setting = { $actor }: cases, { $detail }
log-alerts-subscribed = { $actor }: bad scores now go to { $detail }
log-alerts-unsubscribed = { $actor }: bad scores no longer go to { $detail }
log-alerts-withdrawn = { $actor }: bad scores no longer go to { $detail }: { $person } has no role any more
log-alerts-kept = { $actor }: bad scores go to { $detail } again
log-forget-erased = { $actor }: on a request to erase data, the customer was erased
log-forget-kept = { $actor }: on a request to erase data, the rest was kept

staff-invite-expired = This link has expired. Please ask an admin for a new one.
staff-claim-expired = This link has expired. <code>afterword staff claim</code> on the server prints a new one.

command-staff = roles, invitations and the log
command-cases = customers' cases

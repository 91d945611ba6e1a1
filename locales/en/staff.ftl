# What leads and admins read, apart from the alerts themselves.

staff-admin = Done, you are an admin.
staff-lead = Done, you are on the team.
staff-lead-alerts = To get cases here, send /alerts. To get them in a group, send /alerts there.
staff-agent = Done, you are on the team.
staff-next-steps = What comes next:
    1. Add the bot to the group where the support leads work.
    2. Send /alerts there: cases (bad scores, and customers who ask for a person) will go to that group. If it has topics, send the command in the one you want.
    No group? Send /alerts right here.
staff-until-then = Until a chat takes cases, they go to the admins in private messages.
staff-invite-used = This link works only once, and it has been used. Please ask an admin for a new one.
staff-hello-admin = Hello! You are an admin of this bot.
staff-hello-lead = Hello! You are on the team of this bot.

staff-alerts-on = Done: cases will come here. To turn this off: /alerts off
staff-alerts-on-already = Cases already come here. To turn this off: /alerts off
staff-alerts-sent = { $count ->
        [one] { $count } case was waiting for a chat and is on its way now.
       *[other] { $count } cases were waiting for a chat and are on their way now.
    }
staff-alerts-off = OK, cases no longer come here. To turn this on again: /alerts
staff-alerts-off-last = There is no other chat: from now on cases go to the admins in private messages.
staff-alerts-off-already = Cases did not come here. To turn this on: /alerts
staff-alerts-off-configured = The setting ALERT_CHATS names this chat, so it can only be turned off there.
staff-alerts-usage = Send /alerts, /alerts off or /alerts team Retail

alerts-what-both = New and overdue cases come here.
alerts-what-cases = New cases come here.
alerts-what-overdue = Only overdue cases come here.
alerts-what-nothing = Nothing comes here at the moment.
alerts-night = From { $from }:00 to { $to }:00 ({ $zone }) cases come without sound.
alerts-only-title = Only these:
alerts-only = { $kind }: { $values }
alerts-only-severity = { $kind }: “{ $values }” and above
alerts-more = and { $count } more
alerts-unfiltered = This chat has no filters: it gets every case that no other chat’s filters match.
alerts-filtered = The rest goes to chats without filters or, if there are none, to the admins.
alerts-configured = The setting ALERT_CHATS names this chat, so it has no filters: it gets every case that no other chat’s filters match.
alerts-overdue-configured = Overdue cases come without filters: the setting ESCALATION_CHATS names this chat.
alerts-choose = { $kind }: tick what comes here. With nothing ticked, any value fits.
alerts-choose-severity = How severe must a case be, at least, to come here?
alerts-none = No event has a value for this yet.
alerts-type = Not in the list? Send <code>/alerts { $word } name</code>
alerts-typed-wrong = That value does not work. For example: <code>/alerts team Retail</code>
alerts-many = A filter holds { $count } values at most.
alerts-stale = The list has changed, here is the new one
alerts-team = Team
alerts-store = Store
alerts-agent = Agent
alerts-channel = Channel
alerts-tag = Tag
alerts-script = Survey
alerts-severity = Severity
alerts-language = Customer’s language
alerts-button-screen = What comes here
alerts-button-cases = New
alerts-button-overdue = Overdue
alerts-button-night = No sound at night
alerts-button-any = Untick all
alerts-button-back = ‹ Back
staff-chat-language = Cases come here. Language of this chat: { $language }. To turn this off: /alerts off
staff-chat-no-alerts = You choose a language for a chat that gets cases, and this one gets none. Send /alerts first
staff-toast-chat-language = Leads and admins choose the language of this chat
staff-toast-chat-routes = Leads and admins choose what comes to this chat
staff-chat-no-routes = Nothing comes to this chat. Send /alerts first
staff-refused-admins = This command is for admins.
staff-refused-leads = This command is for leads and admins. An admin of the bot gives roles.
staff-refused-anonymous = I cannot see who you are: the message was sent in the group’s name. Please turn off “Remain anonymous” in your admin rights and send the command again.
staff-group-help = I bring cases from customers. To get them in this chat or topic: /alerts. To turn them off: /alerts off. To choose the language: /language. Only people with a role can use these commands.

command-alerts = get cases in this chat; /alerts off turns it off

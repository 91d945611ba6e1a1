# What leads and admins read, apart from the alerts themselves.

staff-admin = Done, you are an admin.
staff-lead = Done, you are on the team.
staff-lead-alerts = To get bad scores here, send /alerts. To get them in a group, send /alerts there.
staff-agent = Done, you are on the team.
staff-next-steps = What comes next:
    1. Add the bot to the group where the support leads work.
    2. Send /alerts there: bad scores will go to that group. If it has topics, send the command in the one you want.
    No group? Send /alerts right here.
staff-until-then = Until a chat takes bad scores, they go to the admins in private messages.
staff-invite-used = This link works only once, and it has been used. Please ask an admin for a new one.
staff-hello-admin = Hello! You are an admin of this bot.
staff-hello-lead = Hello! You are on the team of this bot.

staff-alerts-on = Done: bad scores will come here. To turn this off: /alerts off
staff-alerts-on-already = Bad scores already come here. To turn this off: /alerts off
staff-alerts-sent = { $count ->
        [one] { $count } score was waiting for a chat and is on its way now.
       *[other] { $count } scores were waiting for a chat and are on their way now.
    }
staff-alerts-off = OK, bad scores no longer come here. To turn this on again: /alerts
staff-alerts-off-last = There is no other chat: from now on bad scores go to the admins in private messages.
staff-alerts-off-already = Bad scores did not come here. To turn this on: /alerts
staff-alerts-off-configured = The setting ALERT_CHATS names this chat, so it can only be turned off there.
staff-alerts-usage = Send /alerts or /alerts off
staff-chat-language = Bad scores come here. Language of this chat: { $language }. To turn this off: /alerts off
staff-chat-no-alerts = You choose a language for a chat that gets bad scores, and this one gets none. Send /alerts first
staff-toast-chat-language = Leads and admins choose the language of this chat
staff-refused-admins = This command is for admins.
staff-refused-leads = This command is for leads and admins. An admin of the bot gives roles.
staff-refused-anonymous = I cannot see who you are: the message was sent in the group’s name. Please turn off “Remain anonymous” in your admin rights and send the command again.
staff-group-help = I bring bad scores from customers. To get them in this chat or topic: /alerts. To turn them off: /alerts off. To choose the language: /language. Only people with a role can use these commands.

command-alerts = get bad scores in this chat; /alerts off turns it off

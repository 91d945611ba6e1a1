# What leads and admins read, apart from the alerts themselves.

staff-admin = Done, you are the admin.
staff-lead = Done, you are on the team: bad scores are your concern now.
staff-agent = Done, you are on the team.
staff-next-steps = What comes next:
    1. Add the bot to the group where the support leads work.
    2. Send /alerts there: bad scores will arrive in it. If the group has topics, send the command in the one you want.
    No group? Send /alerts right here.
staff-until-then = As long as no chat is subscribed, bad scores go to the admins in private messages.
staff-invite-used = This link works once, and somebody has used it already. Please ask an admin to give you a role.
staff-hello-admin = Hello! You are an admin of this bot.
staff-hello-lead = Hello! You are on the team of this bot.

staff-alerts-on = Done: bad scores will arrive here. To switch this off: /alerts off
staff-alerts-on-already = Bad scores arrive here already. To switch this off: /alerts off
staff-alerts-sent = { $count ->
        [one] { $count } score was waiting for a chat and is on its way now.
       *[other] { $count } scores were waiting for a chat and are on their way now.
    }
staff-alerts-off = All right, bad scores no longer arrive here. To switch this on again: /alerts
staff-alerts-off-last = This was the last chat: from now on bad scores go to the admins in private messages.
staff-alerts-off-already = Bad scores did not arrive here anyway. To switch this on: /alerts
staff-alerts-off-configured = This chat stands in the setting ALERT_CHATS, so it can only be switched off there.
staff-alerts-usage = The command is written like this: /alerts or /alerts off
staff-refused = Sorry, this command is for staff only. An admin of the bot gives roles.
staff-refused-anonymous = I cannot see who you are: the message was sent in the group's name. Please switch off anonymity in your admin rights and send the command again.
staff-group-help = I bring bad scores of customers here. To subscribe this chat or topic: /alerts, to end it: /alerts off. Only staff with a role can use my commands.

command-alerts = send bad scores to this chat; /alerts off ends it

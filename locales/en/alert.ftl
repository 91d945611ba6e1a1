# Alerts about bad scores, for the leads.

alert-test = 🧪 Test
alert-title-low = 🔴 Bad score: { $score }
alert-title-neutral = 🟡 Neutral score: { $score }
alert-title-better = 🟢 Score improved: { $score }
alert-title-withdrawn = ⚪ This score no longer counts
alert-changed = Was { $before }, now { $after }
# How hard it was for the customer: a number alone does not say which end is the bad one.
alert-title-low-effort = 🔴 Bad score, { $score }
alert-title-neutral-effort = 🟡 Neutral score, { $score }
alert-title-better-effort = 🟢 Score improved, { $score }
alert-changed-effort = Was { $before }, now { $after }
alert-was-effort = (was { $before })
alert-other-effort = { $mark } { $score } — { $question }
alert-again-effort = 🔴 Again { $score }
alert-effort-low = hard: { $score }
alert-effort-neutral = neither easy nor hard: { $score }
alert-effort-high = easy: { $score }
alert-score = { $value } of { $max }
alert-score-labelled = { $value } of { $max } “{ $label }”
alert-reasons = Reasons: { $reasons }
alert-comment = “{ $text }”
alert-reasons-before = Reasons for the earlier score: { $reasons }
alert-comment-before = About the earlier score: “{ $text }”
alert-attachments = { $count ->
        [one] 📎 { $count } attachment
       *[other] 📎 { $count } attachments
    }
alert-others = Other answers:
alert-other-low = 🔴 { $score }, bad — { $question }
alert-other-neutral = 🟡 { $score }, neutral — { $question }
alert-other-high = 🟢 { $score }, good — { $question }
alert-other-plain = ▫️ { $answer } — { $question }
alert-was = (was { $before })

alert-customer = Customer: { $customer }
alert-phone = Phone: { $phone }
alert-when-purchase = Purchase: { $at }
alert-when-ticket = Ticket closed: { $at }
alert-when-case = Case resolved: { $at }
alert-agent = Agent: { $agent }
alert-team = Team: { $team }
alert-automation = Auto-reply: { $automation }
alert-place-store = Store: { $store }
alert-channel = Channel: { $channel }
alert-tags = Tags: { $tags }
alert-script = Survey: { $title }
alert-first-response = first reply in { $time }
alert-resolution = resolved in { $time }
alert-messages = { $count ->
        [one] { $count } message
       *[other] { $count } messages
    }
alert-reopened = { $count ->
        [one] reopened once
       *[other] reopened { $count } times
    }
alert-sla = SLA missed
alert-not-at-once = not resolved at the first contact
alert-earlier = Earlier: { $scores }

alert-duration-days = { $days } d { $hours } h
alert-duration-hours = { $hours } h { $minutes } min
alert-duration-minutes = { $minutes } min { $seconds } s
alert-duration-seconds = { $seconds } s

alert-title-human = 🙋 Wants to talk to a person
alert-title-score-erased = 🗂 A case about a score, the details are erased
alert-title-message = ✉️ A customer writes
alert-title-stranger = 👤 Somebody we do not know writes
alert-human-unknown = { $name } (Telegram). No orders or tickets found.
alert-human-about = Latest event: { $subject }
alert-case-erased = Erased: the customer’s data was deleted.
alert-case-aged = Erased: the retention period has passed.
alert-erased = Erased: the customer’s data was deleted. The score still counts, without a name or a word.
alert-aged = Erased: the retention period has passed. The score still counts.
alert-again = 🔴 The score fell again: { $score }
alert-fold-title = { $count ->
        [one] 🔴 { $count } more bad score within minutes
       *[other] 🔴 { $count } more bad scores within minutes
    }
alert-fold-better = { $count ->
        [one] 🟢 { $count } bad score on this list was improved
       *[other] 🟢 { $count } bad scores on this list were improved
    }
alert-fold-others = { $count ->
        [one] ✉️ { $count } more case
       *[other] ✉️ { $count } more cases
    }
alert-fold-strangers = 👤 People we do not know write: { $count }
alert-fold-owner = { $name } has it
alert-fold-hint = Too many to send one by one. The latest first:
alert-fold-missed = { $count ->
        [one] 📥 { $count } case came while the bot could not write in this chat
       *[other] 📥 { $count } cases came while the bot could not write in this chat
    }
alert-fold-latest = The latest first:
alert-fold-rest = …and { $count } more before that

# Why an alert comes to an admin.
alert-no-chat = ℹ️ You get this because no chat takes cases yet. Send /alerts in the leads’ group, and they go there.
alert-no-chat-gone = ℹ️ You get this because “{ $chat }” is gone. Add the bot there again, or send /alerts in another group.
alert-no-chat-silent = ℹ️ You get this because the bot may not write in “{ $chat }”. Allow it to, or send /alerts in another group.
alert-no-chat-person = ℹ️ You get this because the bot cannot reach { $chat }, who got cases. Send /alerts in the leads’ group.
alert-no-chat-withdrawn = ℹ️ You get this because the person who subscribed “{ $chat }” no longer has a role for it. Keep the chat in /staff, or send /alerts in another group.
alert-no-route = ℹ️ You get this because case no. { $n } matches no chat’s filters. To change them, send /alerts in a chat.

# The chats that get alerts.
alert-chat-topic = { $chat }, topic { $topic }
alert-chat-gone = ⚠️ “{ $chat }” is gone: the bot was removed, or the group no longer exists.
alert-chat-silent = ⚠️ The bot may not write in “{ $chat }”. Telegram says: { $reason }.
alert-chat-to-admins = Until that changes, cases go to the admins.
alert-chat-to-others = Until that changes, cases go to the other chats only.
alert-chat-gone-do = Add the bot to the chat again, or send /alerts in another one.
alert-chat-gone-configured-do = Add the bot to the chat again, or remove the chat from the setting ALERT_CHATS.
alert-chat-silent-do = Let the bot write there: the simplest way is to make it an admin of the chat. The bot also tries again from time to time.
alert-chat-back = ✅ “{ $chat }” is back: cases go there again.

chats-orphaned = ⚠️ Cases no longer go to these chats: the people who subscribed them no longer have the role for it.
chats-orphan = • { $chat } (subscribed by { $person })
chats-orphan-topics = { $chat } and more topics: { $count }
chats-more = …and { $count } more: you will see them once you have decided about these.
chats-keep-or-not = Does the team need a chat? Keep it: then you answer for it. If not, remove it.
chats-none = There is no chat left to decide about.
chats-button-keep = Keep: { $chat }
chats-button-forget = Remove
chats-toast-kept = “{ $chat }” gets cases again
chats-toast-forgotten = “{ $chat }” no longer gets cases
chats-toast-decided = This chat has already been decided

# What a customer sent and a chat refuses to show.
alert-unshown = ⚠️ { $what }: it could not be shown here.
alert-unshown-voice = A voice message
alert-unshown-video-note = A video message
alert-unshown-photo = A photo
alert-unshown-video = A video
alert-unshown-audio = An audio file
alert-unshown-document = A file
alert-unshown-message = A message from the customer
alert-unshown-words = ⚠️ Some of the customer’s messages cannot be shown here.
alert-unshown-why-voice = Voice and video messages are turned off in this chat, in Telegram’s settings.
alert-unshown-why-rights = The bot may not send such messages to this chat.
alert-unshown-why-protected = Telegram does not let it be copied.
alert-unshown-why-deleted = The customer has deleted it.
alert-unshown-why-other = Telegram says: { $reason }.
alert-unshown-in-chat = It can be seen in “{ $chat }”.
alert-unshown-in-export = An admin finds the file in the export of answers.

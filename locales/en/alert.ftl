# Alerts about bad scores, for the leads.

alert-test = 🧪 Test
alert-title-low = 🔴 Bad score: { $score }
alert-title-neutral = 🟡 Neutral score: { $score }
alert-title-better = 🟢 Score improved: { $score }
alert-title-withdrawn = ⚪ This score no longer counts
alert-changed = Was { $before }, now { $after }
alert-score = { $value } of { $max }
alert-score-labelled = { $value } of { $max } “{ $label }”
alert-reasons = Reasons: { $reasons }
alert-comment = “{ $text }”
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
alert-agent = Agent: { $agent }
alert-team = Team: { $team }
alert-automation = Auto-reply: { $automation }
alert-place-store = Store: { $store }
alert-channel = Channel: { $channel }
alert-tags = Tags: { $tags }
alert-script = Survey: { $title }
alert-first-response = first reply after { $time }
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

alert-human = 🙋 A customer asks for a human
alert-human-unknown = Customer: { $name } in Telegram, not connected with any order or request
alert-human-about = Latest: { $subject }
alert-human-messages = { $count ->
        [one] ✉️ { $count } message. When there are many, they come here bit by bit.
       *[other] ✉️ { $count } messages. When there are many, they come here bit by bit.
    }
alert-human-hint = What they write will come here as replies. You cannot answer through the bot yet: reach the customer the usual way.

alert-human-erased = Erased: the customer’s data was deleted.
alert-human-aged = Erased: the retention period has passed.
alert-erased = Erased: the customer’s data was deleted. The score still counts, without a name or a word.
alert-aged = Erased: the retention period has passed. The score still counts.
alert-again = 🔴 The score fell again: { $score }
alert-fold-title = { $count ->
        [one] 🔴 { $count } more bad score within minutes
       *[other] 🔴 { $count } more bad scores within minutes
    }
alert-fold-requests = { $count ->
        [one] 🙋 { $count } more customer asks for a human
       *[other] 🙋 { $count } more customers ask for a human
    }
alert-fold-strangers = { $count ->
        [one] 👤 { $count } more person whom we do not know writes
       *[other] 👤 { $count } more people whom we do not know write
    }
alert-fold-hint = Too many to send one by one. The latest first:
alert-fold-rest = { $count ->
        [one] …and { $count } more that came before
       *[other] …and { $count } more that came before
    }

# The chats that get alerts.
alert-chat-topic = { $chat }, topic { $topic }
alert-chat-gone = ⚠️ “{ $chat }” is gone: the bot was removed or the group is no more.
alert-chat-silent = ⚠️ I may not write in “{ $chat }”. Telegram says: { $reason }.
alert-chat-to-admins = Until that changes, bad scores come to the admins.
alert-chat-to-others = Until that changes, bad scores come to the other chats only.
alert-chat-gone-do = Add the bot to the chat again, or send /alerts in another one.
alert-chat-gone-configured-do = Add the bot to the chat again, or take the chat out of the setting ALERT_CHATS.
alert-chat-silent-do = Let the bot write there: the simplest way is to make it an admin of the chat. I also try again by myself from time to time.
alert-chat-back = ✅ “{ $chat }” is back: bad scores arrive there again.

chats-orphaned = ⚠️ Bad scores no longer go to these chats: those who subscribed them have no role for it any more.
chats-orphan = • { $chat } (subscribed by { $person })
chats-orphan-topics = { $chat } and more topics: { $count }
chats-more = …and { $count } more: they appear when you have decided about these.
chats-keep-or-not = If the team needs a chat, keep it: then it counts as yours. If not, take it off with ✖.
chats-none = There is no chat left to decide about.
chats-button-keep = Keep: { $chat }
chats-button-forget = ✖
chats-toast-kept = “{ $chat }” gets bad scores again
chats-toast-forgotten = “{ $chat }” gets no more bad scores
chats-toast-decided = This chat has already been decided

# What a customer sent and a chat refuses to show.
alert-unshown = ⚠️ { $what }: it could not be shown here.
alert-unshown-voice = A voice message
alert-unshown-video-note = A video message
alert-unshown-photo = A photo
alert-unshown-video = A video
alert-unshown-audio = An audio file
alert-unshown-document = A file
alert-unshown-message = A message of the customer
alert-unshown-words = ⚠️ Not all messages of the customer can be shown here.
alert-unshown-why-voice = This chat takes no voice or video messages, a setting of Telegram.
alert-unshown-why-rights = The bot may not send such messages to this chat.
alert-unshown-why-protected = Telegram does not let it be copied.
alert-unshown-why-deleted = The customer has deleted it.
alert-unshown-why-other = Telegram says: { $reason }.
alert-unshown-in-chat = It can be seen in “{ $chat }”.
alert-unshown-in-export = The file is in the export of answers, which an admin can make.

# The conversation about a case: what customers and leads read.

case-heard = Passed on.
case-which = { $count ->
        [2] You have two open cases.
       *[other] You have several open cases.
    } Which one is this about?
case-which-chosen = Passed on: case no. { $n }.
case-about = Case no. { $n } · { $subject }
case-about-nothing = Case no. { $n }
case-from = { $name }:
case-after = Passed on. Case no. { $n } is already closed. If it is not solved, tap the button and we will reopen it.
case-after-button = It is not solved
case-back = Case no. { $n } is open again. We will reply here{ $when }.
case-back-already = Case no. { $n } is open already
case-stop = { $count ->
        [1] We will still reply here about case { $numbers }.
       *[other] We will still reply here about cases { $numbers }.
    }
case-forget = { $count ->
        [1] Case { $numbers } is open: if you erase everything, we cannot reply to it.
       *[other] Cases { $numbers } are open: if you erase everything, we cannot reply to them.
    }
case-cannot-pass = This kind of message cannot be passed on. Send text, a photo, a video, a voice message or a file.
case-album = No. { $n } · attachments: { $count }
case-unknown = The connection broke: we do not know whether this message reached our team. Please send it once more.
case-too-many = Very many messages came today. We will read these; new ones are accepted from tomorrow.
case-hold = We have your messages. Please wait for a reply: new ones are not saved for now.
case-muted = Your messages are not passed to our team at the moment.
staff-words = To answer a customer, reply to a message of their case. All cases: /cases
strangers-many = Cases from strangers in the last hour: { $count }. They are gathered in one message.

ask-reply = { $mention }, reply to this message: everything you send goes to the customer. No. { $n } · { $who }
ask-takeback = Take back which reply?
ask-takeback-none = There is nothing to take back
toast-private = Sent to your private chat
toast-start = Open a private chat with me first

reply-held = { $name } has case no. { $n }. Send this to the customer?
reply-held-send = Send
reply-held-take-send = Take over and send
reply-held-drop = Do not send
reply-held-resolved = Case no. { $n } is resolved. Send this to the customer?
reply-held-resolved-send = Just send
reply-held-resolved-reopen = Reopen and send
reply-held-foreign = The author of the message decides this
reply-dropped = Not sent to the customer.
reply-erased = Not sent: the customer erased their data, case no. { $n } is closed.
reply-blocked = Not delivered: the customer has blocked the bot. Contact them another way.
reply-deactivated = Not delivered: the account is gone.
reply-cannot = Not sent: Telegram does not pass on this kind of message. Send text, a photo, a video, a voice message or a file.
reply-voice = Not delivered: the customer takes no voice messages. Write it.
reply-large = Not sent: too large.
reply-unknown = The connection broke: it may or may not have arrived.
reply-slow = Not sent yet: Telegram does not answer, we keep trying.
reply-no-role = { $mention }, this did not go to the customer: only leads can reply.
reply-anonymous = Not sent: you write in the group's name. Switch anonymity off, or reply to me in private.
reply-summary = This is a summary. Tap a number and reply to the case.
reply-other = That message is not about a case, nothing was sent.

edit-failed = The edit did not arrive, the customer sees the old text.
edit-media = The caption is changed, the file cannot be: send a new one.
taken-back = The reply of { $at } is deleted for the customer.
taken-back-late = More than 48 hours have passed, Telegram does not delete it.

customer-blocked = No. { $n }: the customer has blocked the bot, contact them another way.

case-button-reply = Reply
case-button-takeback = Take back a reply
case-line-replied = ✉️ Reply delivered { $at } · { $name }
case-line-unsent = ⚠️ The reply of { $at } was not delivered: { $reason }
case-line-blocked = 🚫 The bot is blocked: contact them another way
unsent-blocked = the customer has blocked the bot
unsent-deactivated = the account is gone
unsent-cannot = Telegram does not pass on this kind of message
unsent-voice = the customer takes no voice messages
unsent-large = too large
unsent-unknown = the connection broke, it may have arrived

# What customers read outside of a survey.

customer-hello = Hello! Here we ask how things went.
customer-hello-brand = Hello! This is { $brand }. Here we ask how things went.
customer-about = After a purchase or a support request we send a couple of short questions, { $often }. Each takes one tap.
customer-often-always = and only when there is a reason
customer-often-hours = { $count ->
        [one] at most once an hour
       *[other] at most once every { $count } hours
    }
customer-often-days = { $count ->
        [one] at most once a day
       *[other] at most once every { $count } days
    }
customer-how-to-stop = To stop these surveys, send /stop.
customer-privacy = <a href="{ $url }">How we handle your data</a>
customer-privacy-command = What we keep about you, and why: /privacy

customer-privacy-what = <b>What we keep.</b> Your name and language in Telegram; your customer name and number, and the orders and requests that the company told us about; your scores, and everything you wrote or sent here.
customer-privacy-phone = And your phone number, which you shared so that we can recognise you.
customer-privacy-why = <b>Why.</b> To sort things out when something went wrong, and to do better. The staff who deal with that see your scores and messages.
customer-privacy-forget = <b>How to end it.</b> /stop turns surveys off at once. /forget erases everything we know about you; only scores without a name stay.

language-question = Which language do you prefer?
language-chosen = OK, English it is.
language-toast = We write in English now
# Where there are questions in a language, but not these words: the language of both is said.
language-chosen-other = OK, the questions will be in this language where they are translated: { $language }. The rest is in English.
language-toast-other = Language of the questions: { $language }
language-only = Everything here is in one language: { $language }.

# "when" is " by 12:00 tomorrow" with the blank before it, or empty.
human-told = We have told our team that you want to talk to a person: case no. { $n }. We will reply here{ $when }. Meanwhile, tell us what happened.
human-already = Our team already has case no. { $n } and will reply here{ $when }. If there is more to say, write it here.
human-already-late = Sorry for the wait: we have just reminded our team of case no. { $n }.
human-nobody = Nobody can reply right now, but case no. { $n } is saved and will be passed on. If it is urgent, contact us the usual way.
message-told = Thank you, passed on: case no. { $n }. If it needs a reply, you will get it here{ $when }.
button-human = Talk to a person

phone-ask = No link at hand? Share your phone number, and we will recognise you by it.
phone-consent = By pressing the button you agree that we store your number and use it to find your orders and requests. It is used for nothing else.
phone-consent-brand = By pressing the button you agree that { $brand } stores your number and uses it to find your orders and requests. It is used for nothing else.
phone-button = Share my number
phone-linked = Done, we recognised you by your phone number: there is nothing else to do.
phone-kept = Thank you! Nothing is connected with this number yet. As soon as there is an order or a request, we will recognise you.
# To somebody who has sent their own contact unasked.
phone-consent-first = Thank you! Your number is not saved yet: we need your consent first.
phone-not-yours = This is somebody else's contact, and we cannot keep it: only they may agree to that.
phone-not-yours-but = This is somebody else's contact, and we cannot keep it: only they may agree to that. You can share your own number with the button below the input field, and we will recognise you by it.

customer-linked = Done, you are connected: there is nothing else to do.
customer-linked-already = You are already connected, there is nothing else to do. We will write when there is something to ask.
customer-linked-already-asked = You are already connected.
customer-link-taken = This link is personal, and somebody else has already opened it. Please ask for your own where you got this one; it only takes a moment.
customer-link-unknown = This link no longer works, or part of it is missing. Please ask for a new one where you got it.
customer-needs-link = So that we know what to ask you about, open your personal link or QR code: you will find it on the receipt, the order page or in our e-mail.

customer-opted-out = Surveys are turned off for you at the moment.
customer-stopped = All right, there will be no more surveys. If you change your mind, tap the button.
customer-button-resume = Get surveys again
customer-resumed = Good to have you back! We will ask for your opinion now and then. You can turn surveys off at any time: /stop
customer-toast-resumed = Surveys are on again
customer-toast-not-stopped = Surveys are already on

forget-ask = Erase everything we know about you?
forget-customers = { $count ->
        [one] This covers all orders and requests that this chat is connected with.
       *[other] This covers all orders and requests that this chat is connected with; we have them under { $count } different customers.
    }
forget-no-customer = You are not connected with any order or request: all we have is what you shared here.
forget-what = We will erase names, messages, files, orders and the link to this chat. Scores stay in the statistics, but nobody will know whose they are. This cannot be undone.
forget-staff = You are on the team: your role stays.
forget-button-erase = Erase everything
forget-button-keep = Keep it as it is
forget-done = Done: everything about you is erased.
forget-done-next = If you buy something or contact us again, we may ask again. To get no surveys at all, send /stop.
forget-done-stopped = There will still be no surveys: that is the only thing we remember.
forget-under-way = We are erasing it: your name, messages and the link to this chat are already gone; older orders and requests will follow shortly. We will write here when it is done.
forget-kept = All right, nothing was erased.
forget-toast-done = Erased
forget-toast-under-way = Erasing
forget-toast-kept = Nothing was erased
forget-toast-changed = Your data has changed, please look again

customer-nobody-reads = Thank you for your message! You have no open survey at the moment, so nobody will read it here. Need to talk to a person? Send /human.
customer-cannot-keep = We cannot save a message like this. Please write it in words, or send a voice message, a photo or a file.
customer-unknown-command = There is no such command. See /help
customer-help = What you can do:

command-start = who we are and what this bot is for
command-human = talk to a person
command-language = choose the language · язык
command-privacy = what we keep about you, and why
command-stop = get no more surveys
command-forget = erase everything we know about you
command-help = what the bot can do

# What Telegram shows of the bot before the first message, and on its page.
profile-name = { $brand }: feedback
profile-description = Here you are asked how it went: a couple of short questions after a purchase or a support request, one tap each. If something is wrong, the staff know at once. Send /stop to turn the surveys off.
profile-description-brand = { $brand } asks here how it went: a couple of short questions after a purchase or a support request, one tap each. If something is wrong, the staff know at once. Send /stop to turn the surveys off.
profile-short = A couple of short questions after a purchase or a support request
profile-short-brand = { $brand }: a couple of short questions after a purchase or a support request

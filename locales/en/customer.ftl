# What customers read outside of a survey.

customer-hello = Hello! This is where we ask how it went for you.
customer-hello-brand = Hello! This is { $brand }. Here we ask how it went for you.
customer-about = After a purchase or a request to support we send a couple of short questions, { $often }. One tap answers each.
customer-often-always = and only when there is a reason
customer-often-hours = { $count ->
        [one] at most once an hour
       *[other] at most once in { $count } hours
    }
customer-often-days = { $count ->
        [one] at most once a day
       *[other] at most once in { $count } days
    }
customer-how-to-stop = Had enough? Send /stop and there will be no more questions.
customer-privacy = <a href="{ $url }">How we treat your data</a>
customer-privacy-command = What we keep about you, and why: /privacy

customer-privacy-what = <b>What we keep.</b> Your name and language in Telegram; the customer name and number, the orders and requests that the company told us of; your scores, and everything you wrote or sent here.
customer-privacy-phone = And your phone number: you shared it so that we know you.
customer-privacy-why = <b>What for.</b> To sort things out when something went wrong, and to do better. Scores and messages are seen by the staff in charge of that.
customer-privacy-forget = <b>How to end it.</b> /stop switches surveys off at once. /forget erases everything we know about you: only scores without a name will stay.

language-question = Which language should we use?
language-chosen = All right, we will write in English.
language-toast = We write in English now
# Where there are questions in a language, but not these words: the language of both is said.
language-chosen-other = All right, the questions will be in this language where they are translated: { $language }. The rest is in English.
language-toast-other = Language of the questions: { $language }
language-only = Everything here is in one language: { $language }.

human-told = Our staff know that you ask for a human. Write here what happened, and we will pass it on. They will answer not here but the way you are usually reached. If that would not find you, leave a phone number or an e-mail address.
human-told-already = Our staff already know that you asked for a human. We will pass on what you write now.
human-nobody = There is nobody to tell right now, but your request is saved and will be passed on as soon as possible. You can write what happened straight away. If it is urgent, please turn to where you usually reach us.
human-kept = Thank you, saved. It will be passed on as soon as there is somebody to read it.
human-heard = Thank you, passed on.

phone-ask = No link at hand? Share your phone number, and we will know you by it.
phone-consent = By pressing the button you agree that we store your number and find your orders and requests by it. It is used for nothing else.
phone-consent-brand = By pressing the button you agree that { $brand } stores your number and finds your orders and requests by it. It is used for nothing else.
phone-button = Share my number
phone-linked = Done, we know you by your phone number: there is nothing else to do.
phone-kept = Thank you! Nothing is connected with this number yet. As soon as there is an order or a request, we will know you.
phone-not-yours = This is somebody else's contact, and we cannot keep it: only they may agree to that.
phone-not-yours-but = This is somebody else's contact, and we cannot keep it: only they may agree to that. Your own number you can share with the button below the input field, and we will know you by it.

customer-linked = Done, you are connected: there is nothing else to do.
customer-linked-already = You are connected already, there is nothing else to do. We will write when there is something to ask.
customer-linked-already-asked = You are connected already.
customer-link-taken = This link is personal, and somebody else has opened it already. Please ask for your own where you got this one; it takes a moment.
customer-link-unknown = This link no longer works, or a part of it is missing. Please ask for a new one where you got it.
customer-needs-link = To let us know what to ask you about, open your personal link or QR code: you find it on the receipt, the order page or in our e-mail.

customer-opted-out = Surveys are switched off for you at the moment.
customer-stopped = All right, there will be no more surveys. If you change your mind, press the button.
customer-button-resume = Get surveys again
customer-resumed = Good to have you back! We will ask for your opinion now and then. You can switch surveys off at any time: /stop
customer-toast-resumed = Surveys are on again
customer-toast-not-stopped = Surveys are on already

forget-ask = Erase everything we know about you?
forget-customers = { $count ->
        [one] This concerns all orders and requests that this chat is connected with.
       *[other] This concerns all orders and requests that this chat is connected with; we have them under { $count } different customers.
    }
forget-no-customer = You are not connected with any order or request: all we know is what you shared here.
forget-what = Names, words, files, orders and the link to this chat will go. Scores stay in the figures, but nobody will know whose they are. This cannot be undone.
forget-staff = You are on the team: your role stays.
forget-button-erase = Erase everything
forget-button-keep = Keep it as it is
forget-done = Done: everything about you is erased.
forget-done-next = If you buy something or contact us again, we may ask again. To get no surveys at all, send /stop.
forget-done-stopped = There will still be no surveys: that is the one thing we remember.
forget-under-way = We are erasing it: the name, the words and the link to this chat are gone, older orders and requests follow in a moment. It will say so here when all is done.
forget-kept = All right, nothing was erased.
forget-toast-done = Erased
forget-toast-under-way = Erasing
forget-toast-kept = Nothing was erased
forget-toast-changed = What is concerned has changed, please look again

customer-nobody-reads = Thank you for your message! You have no open survey at the moment, so nobody will read it here. Need a human? Send /human.
customer-cannot-keep = A message like this cannot be saved. Please write it in words, or send a voice message, a photo or a file.
customer-unknown-command = There is no such command. See /help
customer-help = What you can do:

command-start = who we are and what this bot is for
command-human = talk to a human
command-language = choose the language · язык
command-privacy = what we keep about you, and why
command-stop = get no more surveys
command-forget = erase everything we know about you
command-help = what the bot can do

# What Telegram shows of the bot before the first message, and on its page.
profile-name = { $brand }: feedback
profile-description = Here you are asked how it went: a couple of short questions after a purchase or a request to support, one tap each. If something is wrong, the staff know at once. Send /stop to switch the surveys off.
profile-description-brand = { $brand } asks here how it went: a couple of short questions after a purchase or a request to support, one tap each. If something is wrong, the staff know at once. Send /stop to switch the surveys off.
profile-short = A couple of short questions after a purchase or a request to support
profile-short-brand = { $brand }: a couple of short questions after a purchase or a request to support

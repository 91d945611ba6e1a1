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

customer-linked = Done, you are connected: there is nothing else to do.
customer-linked-already = You are connected already, there is nothing else to do. We will write when there is something to ask.
customer-link-taken = This link is personal, and somebody else has opened it already. Please ask for your own where you got this one; it takes a moment.
customer-link-unknown = This link no longer works, or a part of it is missing. Please ask for a new one where you got it.
customer-needs-link = To let us know what to ask you about, open your personal link or QR code: you find it on the receipt, the order page or in our e-mail.

customer-opted-out = Surveys are switched off for you at the moment.
customer-stopped = All right, there will be no more surveys. If you change your mind, press the button.
customer-button-resume = Get surveys again
customer-resumed = Good to have you back! We will ask for your opinion now and then. You can switch surveys off at any time: /stop
customer-toast-resumed = Surveys are on again
customer-toast-not-stopped = Surveys are on already

customer-nobody-reads = Thank you for your message! You have no open survey at the moment, so nobody will read it here. If you need help, please write to where you usually reach us.
customer-cannot-keep = A message like this cannot be saved. Please write it in words, or send a voice message, a photo or a file.
customer-unknown-command = There is no such command. What there is: /help
customer-help = What you can do:

command-start = who we are and what this bot is for
command-stop = get no more surveys
command-help = what the bot can do

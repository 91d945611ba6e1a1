# What a customer without a chat gets by e-mail, SMS and in the ticket, and the page on which they unsubscribe.

reach-subject = How did it go?
reach-subject-brand = { $brand }: how did it go?
reach-hello = Hello!
reach-hello-name = Hello { $name }!
reach-about-purchase = You have bought something from us. How did it go?
reach-about-ticket = You have contacted our support. How did it go?
reach-about-title = This is about: { $title }.
reach-ask = A couple of short questions, one tap each, in Telegram:
reach-read = We read every answer.
reach-why = You get this e-mail because you have recently bought from us or contacted us. To get no more of them:
reach-short = How did it go? One tap each, in Telegram: { $link } No more of this: { $unsubscribe }
reach-short-brand = { $brand }: how did it go? One tap each, in Telegram: { $link } No more of this: { $unsubscribe }

reach-page-title = Unsubscribe
reach-page-ask = No more invitations to our surveys by e-mail, SMS and in tickets?
reach-page-ask-brand = No more invitations to surveys of { $brand } by e-mail, SMS and in tickets?
reach-page-button = Unsubscribe
reach-page-done = Done: you will get no more invitations by e-mail, SMS and in tickets.
reach-page-unknown = This address is not complete, or what it belonged to is erased.

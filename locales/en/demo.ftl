# The story that `afterword demo --story` tells in the terminal.
demo-title = Afterword: one purchase, from the receipt to the report
demo-intro = This Telegram is simulated and its clock runs fast; the program, the database and every text are the real ones.
demo-shop = The shop tells of a purchase
demo-shop-reply = The answer: the event is on disk; the link goes on the receipt or the order page
demo-link = Anna follows the link on her receipt
demo-wait = Three hours pass
demo-survey = Anna gets the survey
demo-tap = Anna taps “{ $button }”
demo-reason = A low score: one step to learn why
demo-alert = The leads know within the second
demo-comment = Anna says it in her own words and goes on
demo-alert-full = The alert has filled itself in: reason, words, the other scores
demo-case = Olivia takes the case and replies in the group
demo-case-anna = Anna reads the reply in the same chat
demo-case-resolved = Olivia resolves the case: the cause is the delivery, her reply is the note. Two hours pass
demo-recovery = Anna is asked once more: did it help?
demo-recovered = The case is resolved, the customer satisfied with the solution
demo-ledger = What became of the event: GET /v1/events/order-1001
demo-export = The answers as they are exported: afterword export answers
demo-export-more = …and { $columns ->
    [one] { $columns } more column
   *[other] { $columns } more columns
}: times, script, agent, store, tags
demo-end = The whole story took { $seconds } s. Next: “First real set-up” in README.md.
demo-anna = Anna
demo-lead = Olivia
demo-leads = Bad ratings
demo-comment-text = The courier was two hours late and dropped the box at the door, the cup is broken
demo-reply-text = I am sorry, this should not have happened. A new cup comes tomorrow before noon, and you get the delivery fee back
demo-answer-text = Thank you, I will be at home
demo-subject = Order { $number }
demo-bot = Bot
demo-edited = edited
demo-brand = Tea shop

# What `afterword demo` says in the terminal, and who plays on its page.
demo-page =
    Afterword demo: { $url }

    Open the address in a browser; Ctrl+C ends the demo. It is a simulation: this Telegram, its people and its clock are
    made up; the program, its database and every text are the real ones. Nothing leaves this machine.
demo-no-browser = { $program } opened no browser here. Open the address yourself: { $url }
demo-emma = Emma
demo-timur = Timur
demo-colleague = Igor
demo-admin = Peter
demo-group = Quality
demo-ideas = Ideas

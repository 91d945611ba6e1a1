# Cases, as leads see them.

case-at = %-d %b %H:%M

case-line-open = No. { $n } · free · reply by { $at }
case-line-open-contacted = No. { $n } · free · resolve by { $at }
case-line-taken = No. { $n } · { $name } · reply by { $at }
case-line-talking = No. { $n } · { $name } · resolve by { $at }
case-line-waiting = No. { $n } · { $name } · waiting for the customer since { $at }
case-line-late = ⏰ Overdue since { $at }
case-line-language = Customer's language: { $language }
case-line-muted = 🔇 Muted until { $at }
case-line-resolved = ✅ No. { $n } · resolved { $at } · { $name } · { $cause }
case-line-resolved-auto = ✅ No. { $n } · resolved { $at } · { $cause }
case-line-note = 📝 { $note }
case-line-joined = ➕ Another rating: { $score }
case-line-recovery = Solution rated { $score }
case-line-after = 💬 A message came after closing
case-line-reopened = 🔁 Reopened ({ $count })
case-line-kept = Messages kept: { $count }. They open when somebody takes the case
case-line-unkept = Messages not kept: { $count }
case-line-home = Conversation in “{ $chat }”
case-line-home-private = Conversation in private, { $name }

case-button-take = Take
case-button-resolve = Resolve
case-button-more = More
case-button-back = ‹ Back
case-button-reopen = Reopen
case-button-none = No reply needed
case-button-mute = Mute
case-button-unmute = Unmute
case-button-silently = Resolve without a reply
case-button-note-last = My last reply is the note
case-button-note-write = Write a note
case-button-ticket = Ticket ↗
case-button-release = Release
case-button-severity = Severity
case-button-category = Category
case-button-history = History
case-button-otherwise = Contacted another way

severity-urgent = urgent
severity-normal = normal
severity-minor = can wait

cause-agent_knowledge = Agent's knowledge
cause-agent_manner = Agent's manner
cause-procedure = Procedure
cause-template = Template or auto-reply
cause-product = Product or service
cause-delivery = Delivery
cause-other = Other
cause-none = No reply needed
cause-corrected = Rating corrected
cause-no_answer = Customer silent
cause-unfounded = Unfounded rating
cause-erased = Data erased
cause-test = Test

toast-taken = The case is yours
toast-taken-by = { $name } has it. Tap again to take it over
toast-resolve-other = { $name } has it. Tap again to resolve it
toast-case-owner = { $name } has it
toast-take-first = Take the case first
toast-not-contacted = Nobody has replied to the customer yet
toast-resolved = Already resolved: { $name }
toast-done = Already done
toast-card-below = No. { $n } is below in this chat
toast-card-above = No. { $n } is above in this chat
toast-gone = The data are erased, the case is gone
toast-no-role = These buttons are for leads. An admin gives the role
toast-released = The case is free
toast-muted = Muted until { $at }: what this person writes is not passed on
toast-unmuted = This person is heard again

ask-note = { $mention }, what was done for the customer? Reply to this message in a few words. No. { $n }
note-not-in-text = Send the note as text.
note-of-another = This question is for { $name }.

case-taken-from = { $name } has taken over case no. { $n }.
case-owner-gone = { $name } has left the team. Free again: { $numbers }.
case-customer-erased = No. { $n }: the customer erased their data, the case is closed.
case-number = no. { $n }

# The history of a case, a line for each step.
history-title = <b>History of case no. { $n }</b>
history-step = { $at } · { $what }
history-in = { $at } · customer: “{ $words }”
history-out = { $at } · { $name }: “{ $words }”
history-note = { $at } · 📝 { $name }: { $words }
history-category = { $name }: category is “{ $to }”
history-earlier = Earlier entries left out: { $count }

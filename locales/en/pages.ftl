# The pages of the dashboard.

# The bot's messages about them.
command-dashboard = a link to the pages with the scores
dashboard-refused = The pages with the scores are for people with a role. The bot's administrator gives roles.
dashboard-no-address = The pages cannot be opened: PUBLIC_URL is an address without encryption. Tell the person who runs the bot that it needs https.
dashboard-link = Your way in to the pages with the scores. The link works for { $minutes } min and only once; do not forward it.
    { $link }
dashboard-sessions = { $count ->
    [one] You are signed in at { $count } place:
   *[other] You are signed in at { $count } places:
}
dashboard-session = · { $device }, last used { $seen }
dashboard-off = Sign out everywhere: /dashboard off
dashboard-ended = Done, you are signed out everywhere.

# The frame.
page-skip = To the content
page-nav = Sections
page-nav-main = Main
page-nav-more = More
page-nav-work = Work
page-nav-data = Data
page-nav-mine = My scores
page-nav-answers = Answers
page-nav-surveys = Surveys
page-nav-cases = Cases
page-overdue = overdue
page-language = Language
page-colours = Colours
page-colours-auto = As the system
page-colours-light = Light
page-colours-dark = Dark
page-sign-out = Sign out
page-print-line = { $brand } · { $day }
page-role-reader = reads everything
page-role-admin = administrator
page-role-lead = lead
page-role-agent = agent

# In place of a page.
page-forbidden = This page is not for your role
page-forbidden-text = You are signed in as { $who }. You see your own scores and cases; leads see those of others.
page-forbidden-lead = You are signed in as { $who }. Only an administrator can open this.
page-forbidden-hint = Need access? An administrator gives roles in Telegram: /staff.
page-foreign = This was not done
page-foreign-text = The form did not come from this page, or the session is another one by now. Go back, reload the page and try again.
page-too-many = Too many wrong links
page-too-many-text = Too many wrong links came from your address. Wait a minute.
page-busy = Not done: the database is busy
page-busy-text = Nothing is lost. Reload the page in a few seconds.
page-not-found = There is no such page
page-not-found-text = The address has a mistake in it, or what was here was erased with the customer's data.
page-no-customer = There is no such customer
page-no-customer-text = Nothing is stored about a customer with this ID, or their data were erased. The scores of an erased customer stay, but not whose they are.
page-not-shared = This page cannot be shared
page-not-shared-text = Links open pages with figures only: overview, questions, agents, topics, waiting, importance, coverage and KPIs.
page-unsafe = The pages cannot be opened here
page-unsafe-text = At this address customers' words would travel unencrypted. Use https and a PUBLIC_URL with it, or an address of this machine or of a private network.
page-to-start = To the start
page-to-answers = To the answers
page-to-login = Sign in
page-open-bot = Open the bot

# The way in.
page-login = Sign in
page-login-how = There is no password: send the bot /dashboard in your private chat, and it replies with a link that signs you in once.
page-login-shell = Do you have the server's shell? The command afterword dashboard prints a link.
page-login-as = Sign in as { $name }
page-login-button = Sign in
page-login-text = Role: { $role }. The bot made this link for your command /dashboard. It works once, for another { $minutes } min.
page-login-text-shell = Role: { $role }. A command on the server printed this link. It works once, for another { $minutes } min.
page-login-remember = This is my device: remember me for 30 days
page-login-hint = Did you not ask for a link? Close the page and tell an administrator: somebody writes to the bot from your phone.
page-login-expired = This link no longer works
page-login-expired-text = It lives for 10 minutes and works once. Send the bot /dashboard for a new one.

# Dates, durations, numbers.
page-short-date = { $month ->
    [1] { $day } Jan
    [2] { $day } Feb
    [3] { $day } Mar
    [4] { $day } Apr
    [5] { $day } May
    [6] { $day } Jun
    [7] { $day } Jul
    [8] { $day } Aug
    [9] { $day } Sep
    [10] { $day } Oct
    [11] { $day } Nov
   *[12] { $day } Dec
}
page-full-date = { $month ->
    [1] { $day } January { $year }
    [2] { $day } February { $year }
    [3] { $day } March { $year }
    [4] { $day } April { $year }
    [5] { $day } May { $year }
    [6] { $day } June { $year }
    [7] { $day } July { $year }
    [8] { $day } August { $year }
    [9] { $day } September { $year }
    [10] { $day } October { $year }
    [11] { $day } November { $year }
   *[12] { $day } December { $year }
}
page-long-date = { $month ->
    [1] { $day } January
    [2] { $day } February
    [3] { $day } March
    [4] { $day } April
    [5] { $day } May
    [6] { $day } June
    [7] { $day } July
    [8] { $day } August
    [9] { $day } September
    [10] { $day } October
    [11] { $day } November
   *[12] { $day } December
}
page-month = { $month ->
    [1] January { $year }
    [2] February { $year }
    [3] March { $year }
    [4] April { $year }
    [5] May { $year }
    [6] June { $year }
    [7] July { $year }
    [8] August { $year }
    [9] September { $year }
    [10] October { $year }
    [11] November { $year }
   *[12] December { $year }
}
page-month-alone = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
page-month-running = { $month ->
    [1] January, running
    [2] February, running
    [3] March, running
    [4] April, running
    [5] May, running
    [6] June, running
    [7] July, running
    [8] August, running
    [9] September, running
    [10] October, running
    [11] November, running
   *[12] December, running
}
page-year = { $year }
page-range = { $from } – { $to }
page-range-in-month = { $from }–{ $to }
page-last-week = Last week
page-three-months = 3 months
page-six-months = 6 months
page-twelve-months = 12 months
page-score = { $value } of { $max }
page-score-of = of { $max }

# Period, filters, chips.
page-period = Period
page-by-event-day = by the day of the event
page-from = From
page-to = To
page-compare = Compare
page-vs-prev = with the period before
page-vs-year = with the same period a year ago
page-vs-none = with nothing
page-show = Show
page-filter = Filter
page-all = all
page-all-fields = All fields: store, script, version, segment, auto-reply, tenure
page-download = Download
page-file-csv = CSV: { $table }
page-file-xlsx = Excel (XLSX): all tables
page-file-png = Picture (PNG)
page-file-svg = Picture (SVG)
page-picture-more = { $count ->
    [one] { $shown } more row is in the CSV
   *[other] { $shown } more rows are in the CSV
}
page-table-figures = figures
page-table-trend = by month
page-table-reasons = reasons
page-table-topics = topics
page-table-automations = auto-replies
page-table-agents = agents
page-table-ledger = outcomes
page-table-parts = parts
page-table-bounds = bounds
page-table-waiting = waiting
page-table-bins = by wait
page-table-importance = importance
page-table-drivers = drivers
page-table-kpis = KPIs
page-chosen = Chosen
page-clear = Clear
page-clear-all = Clear the filters
page-remove = Remove: { $name }: { $value }
page-not = all but { $value }
page-twice = given twice, not used: { $pair }
page-unknown = not known: { $pair }
page-unseen = { $value } (none in this period)
page-ahead = has not begun yet: { $pair }
page-none = (none)
page-yes = yes
page-wait-from = from { $from }
page-wait-until = up to { $to }
page-wait-range = from { $from } to { $to }
page-word-script = Script
page-word-version = Version
page-word-question = Question
page-word-agent = Agent
page-word-team = Team
page-word-store = Store
page-word-channel = Channel
page-word-tag = Topic
page-word-segment = Segment
page-word-automation = Auto-reply
page-word-kind = Event
page-word-hook = Source
page-word-tenure = Tenure
page-word-band = Score
page-word-value = Value
page-word-reason = Reason
page-word-text = Words
page-word-words = With words
page-word-voice = With voice
page-word-wait = Waiting
page-word-state = State
page-word-open = Open only
page-word-reviewed = Without disputed ones
page-band-low = bad
page-band-neutral = neutral
page-band-high = good
page-tenure-new = new
page-tenure-established = established
page-tenure-unknown = tenure unknown
page-kind-purchase = purchase
page-kind-ticket = ticket closed
page-state-received = received
page-state-waiting = waiting for a link
page-state-scheduled = scheduled
page-state-recorded = for statistics
page-state-sending = being sent
page-state-sent = sent
page-state-started = started
page-state-completed = completed
page-state-refused = refused
page-state-partial = partly answered
page-state-expired = not answered
page-state-suppressed = not sent
page-state-undeliverable = undeliverable
page-state-eligible = could be asked
page-state-delivered = were asked
page-state-answered = answered

# Answers.
page-answers = { $count ->
    [one] { $shown } answer
   *[other] { $shown } answers
}
page-answers-none = No answers match these filters.
page-answers-shown = { $from }–{ $to } of { $all } shown, newest first
page-without = { $name }: without this filter { $count }
page-next-50 = Show the next 50
page-beyond = There is nothing here: the list has { $all } in all.
page-to-first = To the start of the list
page-search = Search the words
page-tab-all = All · { $count }
page-tab-low = Bad · { $count }
page-tab-neutral = Neutral · { $count }
page-tab-high = Good · { $count }
page-tab-words = With words · { $count }
page-tab-voice = With voice · { $count }
page-file-voice = voice message
page-file-photo = photo
page-file-video = video
page-file-video-note = video message
page-file-audio = audio recording
page-file-document = file
page-files-stay = Voice messages, photos and files stay in Telegram and cannot be opened on this page.
page-files-with-case = Voice messages, photos and files stay in Telegram and cannot be opened on this page. Copies came to the chat in which the case is posted:
page-first-response = first response { $time }
page-automation = auto-reply “{ $name }”
page-erased = customer erased
page-customer = Customer
page-test = test

# Surveys.
page-events = { $count ->
    [one] { $shown } event
   *[other] { $shown } events
}
page-events-none = No events match these filters.
page-day = Day
page-survey = Survey
page-survey-about = Survey: { $subject }
page-no-script = no script
page-changes = { $count ->
    [one] History: { $shown } change
   *[other] History: { $shown } changes
}
page-part-answer = score
page-part-reason = reasons
page-part-comment = words
page-words-changed = the words were different
page-customer-before = This customer in other surveys
page-way = What became of the event
page-event-facts = Event
page-event = Event ID
page-happened = When
page-first-response-name = First response
page-resolution-name = Resolved in
page-reason-throttled = asked recently
page-reason-sampled = not in the sample
page-reason-opted-out = the customer opted out
page-reason-stale = too late
page-reason-no-script = no script
page-reason-not-eligible = the script's conditions did not match
page-reason-staff = a member of staff
page-reason-cancelled = the event was cancelled
page-reason-paused = the script is paused
page-reason-conversation = a conversation with a human was going on
page-reason-erased = customer erased
page-reason-expired = time ran out
page-reason-stopped = the customer stopped
page-reason-blocked = the customer blocked the bot
page-reason-untouched = not opened
page-reason-never-linked = the link was never followed
page-reason-deactivated = the account was deleted
page-reason-chat-not-found = no such chat
page-reason-message-refused = Telegram refused the text
page-reason-unconfirmed = delivery not confirmed

# Cases.
page-which-cases = Which cases
page-cases-open = Open · { $count }
page-cases-late = Overdue · { $count }
page-cases-free = No owner · { $count }
page-cases-mine = Mine · { $count }
page-cases-done = Resolved · { $count }
page-cases-none = Nothing here.
page-case = Case no. { $n }
page-case-open = free
page-case-taken = taken
page-case-waiting = waiting for the customer
page-case-resolved = resolved
page-case-score = score { $score }
page-case-human = asks for a human
page-case-message = wrote by themselves
page-no-owner = no owner
page-owner = { $name } has it
page-open-case = Open
page-no-deadline = no deadline
page-reply-until = reply by { $at }
page-resolve-until = resolve by { $at }
page-late-by = overdue by { $time }
page-left = { $time } left
page-answers-of = Answers, { $day }
page-thread = Conversation
page-deadlines = Deadlines
page-case-opened = Opened
page-reply-due = Reply by
page-replied = Replied
page-resolve-due = Resolve by
page-resolved = Resolved
page-what-was-done = What was done
page-acts-in-telegram = Take, reply and resolve in Telegram: /cases
page-message-undeliverable = not delivered
page-message-taken-back = taken back
page-message-held = waits for your decision
page-message-waiting = being sent
page-program = the program
page-note-by = Note · { $name }
page-step-opened = the case was opened
page-step-joined = another score joined
page-step-told = the customer was told number and deadline
page-step-taken = { $name }: taken
page-step-released = { $name }: free again
page-step-handed-over = { $name }: handed over
page-step-waiting = waiting for the customer
page-step-snoozed = { $name }: deadline put off
page-step-severity = { $name }: severity is { $to }
page-step-contacted = first reply to the customer
page-step-undeliverable = a message did not arrive
page-step-warned = reminded of the deadline
page-step-overdue = the deadline passed
page-step-resolved = { $name }: resolved, cause: { $cause }
page-step-afterword = the customer wrote after the case was resolved
page-step-reopened = { $name }: reopened
page-step-recovery = the customer said whether the solution helped
page-step-muted = { $name }: the customer's messages are not passed on for now

# An agent's own scores, and the page with all filters.
page-agent-unknown = It is not known which agent of the events you are. Ask an administrator to say so: /staff.
page-my-values = My values
page-value = Value
page-too-few = too few scores
page-to-learn = Bad and neutral scores
page-all-answers = All my answers
page-no-low = No bad or neutral scores in this time.
page-filters = All fields

# A customer.
page-customer-history = Customer history
page-customer-record = Export everything (JSON)
page-reach = Can we reach them?
page-reach-open = The bot can write to the customer in Telegram.
page-reach-no-chat = There is no chat with the customer: they have not opened their link to the bot yet. Until then surveys wait for them.
page-reach-not-begun = The customer’s Telegram account is known, but they have not written to the bot yet. The next survey will show whether the bot can write first.
page-reach-refused = The bot may not write to the customer: they have not started a chat with it, or the chat is gone.
page-reach-blocked = The customer has blocked the bot: surveys and replies do not reach them.
page-reach-deleted = The customer’s Telegram account is deleted: nobody can write to them any more.
page-reach-stopped = On { $day } the customer declined surveys, and gets no more of them.
page-customer-all = Everything about this customer
page-customer-cases = { $count ->
    [one] { $shown } case
   *[other] { $shown } cases
}
page-kind-ticket-opened = ticket opened
page-kind-ticket-reopened = ticket reopened
page-kind-cancelled = purchase cancelled
page-kind-case-resolved = case resolved

# Shared pages.
page-share = Share
page-share-about = Everyone with the link sees this page with these filters. They cannot change the filters or go anywhere else.
page-share-for = For whom (shown in the list of links only)
page-share-days = The link works for
page-share-words = Show customers’ words
page-share-agents = Show agents’ names
page-share-agent = This page is about one agent, so it can only be shared with the name.
page-share-make = Make a link
page-days = { $count ->
    [one] { $shown } day
   *[other] { $shown } days
}
page-shared-until = Read only · this link works until { $day }
page-links = Shared links
page-links-about = Pages that can be opened with a link, without signing in. A link also ends when its maker loses their role.
page-links-none = No page is shared. Pages with figures have the button “Share”.
page-link-made = The link is ready
page-link-made-hint = Copy it now: it is not shown again.
page-link-page = Page
page-link-maker = Made by
page-link-until = Works until
page-link-opened = Last opened
page-link-never = never
page-link-for = For
page-link-words = with customers’ words
page-link-agents = with agents’ names
page-link-end = End
page-link-over = This link no longer works
page-too-many-links = Too many links
page-too-many-links-text = A hundred of your links still work. End some on the page “Shared links”.

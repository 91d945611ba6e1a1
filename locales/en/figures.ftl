# Numbers, scores and charts.

number-decimal = .
number-group = ,
number-percent = { $number }%
number-below = <{ "\u202F" }{ $number }
number-above = >{ "\u202F" }{ $number }
number-range = { $low } to { $high }
number-just-over = just over 0
number-just-under = just under 0
number-seconds = { $count } s
number-minutes = { $count } min
number-hours = { $count } h
number-days = { $count } d
number-month-short = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}

verdict-better = better: { $difference }
verdict-worse = worse: { $difference }
verdict-higher = higher: { $difference }
verdict-lower = lower: { $difference }
verdict-chance = no more than chance: { $difference }
verdict-chance-together = may be chance among several scores: { $difference }
verdict-too-few = too few to tell: { $n } of the { $needed } needed
verdict-too-few-other = too few to compare with: { $n } of the { $needed } needed
verdict-not-comparable = not comparable: the score bands changed
verdict-target-met = target { $target } met
verdict-target-missed = target { $target } missed
verdict-target-open = target { $target }: cannot tell yet
verdict-target-none = no target

chart-target = target { $target }
chart-threshold = threshold { $at }
chart-how-many-waited = how many waited this long

matrix-important = importance
matrix-satisfied = satisfaction
matrix-keep = important and fine: keep
matrix-mend = important, but poor: mend first
matrix-minor = less important, poor
matrix-fine = less important, fine

picture-among = { $value } among those who answered
picture-wide = not precise
picture-coverage = coverage { $coverage }: { $answered } of { $eligible } answered
picture-nobody = no coverage yet: there was nobody to ask
picture-scores = { $count ->
    [one] { $n } score
   *[other] { $n } scores
}
picture-open = preliminary, { $open } open
picture-preliminary = preliminary

# What the indices are called.
index-mean = mean
index-percent-of-top = per cent of the maximum
index-percent-of-range = per cent of the scale
index-top-box = share of the best score
index-top2-box = share of the two best scores
index-low = share of bad scores
index-neutral = share of neutral scores
index-high = share of good scores
index-csat = share of satisfied customers
index-net = satisfied minus dissatisfied
index-nps = promoters minus detractors
index-promoters = share of promoters
index-passives = share of passives
index-detractors = share of detractors
index-nps-formula = by the formula of NPS
index-share = share who chose it

# The pages with figures: what they have in common.
page-nav-scores = Scores
page-nav-overview = Overview
page-nav-questions = Questions
page-nav-agents = Agents
page-nav-topics = Topics and causes
page-nav-importance = Importance
page-nav-coverage = Coverage
figures-settled = settled
figures-preliminary = preliminary, { $open } open
figures-against = compared with { $period }
figures-coverage = coverage { $coverage }
figures-coverage-none = no coverage: there was nobody to ask
figures-coverage-row = coverage, %
figures-among = { $value } among those who answered ({ $range })
figures-bounds = including those who did not answer
figures-wide = not precise: { $range }
figures-few = too few scores
figures-not-comparable = not comparable
figures-index = { $metric }: { $index }
figures-higher-easier = higher is easier
figures-turned = scale turned: higher is easier
figures-hardest = The numbers are those that customers chose: { $max } is the hardest.
figures-nothing = There are no answers in this period.
figures-nothing-chosen = With these filters there are no answers in this period.
figures-ahead = This period has not begun yet.
figures-usual = Show the usual period
figures-scale-smileys = three smileys
figures-scale-yes-no = yes or no
figures-by-month = { $title }: by month, with 95% intervals. The table is below.
figures-by-week = { $title }: by week, with 95% intervals. The table is below.
figures-trend = { $title }: by month, with 95% intervals.
figures-value-count = “{ $value }”: { $count }
figures-version = version { $version }
figures-automation = Auto-reply “{ $name }”
figures-together = { $share } ({ $range }) named at least one of the first three reasons.
figures-more-bad = more bad scores
figures-fewer-bad = fewer bad scores
figures-like-rest = like the rest
figures-silent = Those who did not answer
figures-silent-text = { $silent } gave no score. If they all had, the { $index } could be anywhere from { $range }.
figures-late = Those who answered after the reminder are the most like those who did not answer. This is how they differ from the others:
figures-parts = Part by part
figures-no-parts = There is nothing to divide with these filters.
figures-parts-left = Shown are the { $shown } with the most scores; { $left } more are not.
figures-shown = { $from }–{ $to } of { $all } shown
figures-next = Show more
figures-other-questions = Other questions
figures-parts-hint = The upright line is everything together. The table does not say why parts differ.
figures-index-choice = Index
figures-step = Step
figures-weeks = Weeks
figures-months = Months
figures-table = Table by period
figures-legend-interval = score, and where it may really be (95%)
figures-reason = Reason
figures-topic = Topic, auto-reply
figures-interval = 95% interval
figures-share = Share
figures-count = Count
figures-impact = Impact, points
figures-n = Scores
figures-value = Value
figures-verdict = Verdict
figures-rest = The rest
figures-events = Events
figures-95 = 95%
figures-details = Details

# Overview.
overview-now = Right now
overview-cases = { $late ->
    [0] Cases: { $open } open, none overdue
   *[other] Cases: { $open } open, { $late } overdue
}
overview-to-cases = To the cases
overview-yesterday = Yesterday’s events
overview-to-yesterday = Review the answers about them
overview-first = No scores yet
overview-first-text = The first scores come a few hours after the first event. Questions are published in Telegram: /scripts.
overview-reasons = Why scores are bad
overview-reasons-of = { $title } { $given } of { $low } who scored badly gave a reason.
overview-all-reasons = All reasons
overview-topics = What pulls scores down
overview-low = { $share } bad, { $low } of { $n }
overview-all-topics = Topics and auto-replies
overview-topics-none = Nothing pulls scores down by more than chance.
overview-impact = By how many points bad scores would fall if it were like the rest there.
overview-latest = Latest bad answers
overview-all-latest = All
overview-agents = Above average: { $better }. Below: { $worse }. Do not differ by more than chance: { $same }.
overview-agents-same = No certain difference between people: { $same } do not differ by more than chance.
overview-silent = Whom we did not hear
overview-unheard = { $eligible } could be asked, { $delivered } were asked, { $answered } answered: coverage { $coverage }.
overview-nobody = There was nobody to ask in this period.
overview-bounds = { $title } If the others had all answered: { $range }.
overview-others = Other questions
overview-others-about = Questions whose change is more than chance come first: the worse, then the better. { $shown } of { $all } are shown.
overview-all-questions = All questions

# Questions.
questions-none = No script is published
questions-none-text = Scripts with questions are published in Telegram: /scripts.
question-shares = How scores are distributed
question-values = How many of each score
question-others = Other questions of the survey

# Agents.
agents-numbered = Agent { $number }
agents-other = Another agent
agents-who = Who differs from the rest
agents-mean = mean of all, { $mean }
agents-nobody = No agent was scored in this period.
agents-none-enough = Nobody has the { $least } scores needed yet, so agents cannot be compared.
agents-few = Fewer than eight agents have enough scores, so each is compared with all other answers.
agents-higher = Certainly above the rest: { $names }.
agents-lower = Certainly below the rest: { $names }.
agents-better = Certainly above average: { $names }.
agents-worse = Certainly below average: { $names }.
agents-and-more = { $names } and { $count } more
agents-rest = { $count ->
    [0] There are no others.
    [one] { $count } more does not differ by more than chance.
   *[other] { $count } more do not differ by more than chance: their order means nothing.
}
agents-same = Agents do not differ from each other by more than chance: the order of the table means nothing.
agents-label-better = above average
agents-label-worse = below average
agents-label-same = like the rest
agents-label-higher = above the rest
agents-label-lower = below the rest
agents-new = new, not ranked
agents-legend-shrunk = score adjusted for the number of answers, and its 95%
agents-legend-raw = raw mean
agents-raw = Raw
agents-hint = The table does not say why people differ: those who get the hard topics are scored lower.
agents-unranked = Not ranked: new agents and those with few scores
agents-mix-title = Is it the new ones?
agents-mix = The change from the period before: { $change }. The mix by tenure made { $mix }, the work itself { $rate }.
agent-review = What to look at
agent-low = Bad answers
agent-neutral = Neutral answers
agent-topics = What customers came with
agent-topics-hint = Those who get the hard topics are scored lower.

# Topics and causes.
topics-about = Bad scores: { $title }
topics-low = bad scores
topics-given = gave a reason
topics-no-reasons = Nobody gave a reason in this period.
topics-together = With those above
topics-reasons-hint = Several could be chosen, so the shares may add up to more than 100%, and “with those above” counts people, not reasons.
topics-which = Which topics and auto-replies pull scores down
topics-impact = The impact is by how many points bad scores would fall if this topic were like the rest.
topics-bad = Bad
topics-none = “{ $title }” was answered only about events without topics and auto-replies.

# Coverage.
coverage-title = Whom we heard
coverage-ledger = What became of every event
coverage-outcome = Outcome
coverage-of-eligible = Of those possible
coverage-of = { $answered } of { $all } answered
coverage-response = Of those who were asked: { $share } ({ $of })
coverage-months = Coverage by month; the chosen one is blue
coverage-sum = It adds up: { $unmeant } + { $unasked } + { $silent } + { $answered } = { $events }. Not sent is not an error: every event has one reason.
coverage-bounds-hint = The limits that an index could not pass if they all answered (hatched), and the interval of those who did answer.
coverage-bounds = { $index }: { $value }; limits { $range }
coverage-late-title = Late answers
coverage-late = { $late } after the reminder, { $others } others
coverage-bounds-left = The { $shown } with the widest bounds of { $all } are shown; the page of each question has its own.
coverage-late-left = { $shown } of { $all } are shown, first those where late ones differ.
coverage-eligible = Possible
coverage-asked = Asked
coverage-answered = Answered
ledger-events = Events
ledger-eligible = Could be asked
ledger-delivered = Were asked
ledger-answered = Answered
ledger-otherwise = Otherwise
ledger-no-answer-left = Skipped the questions, or took answers back
ledger-received = Has just come in
ledger-waiting = Waits until the customer opens the link
ledger-scheduled = Waits to be sent
ledger-recorded = For statistics only
ledger-sending = Is being sent
ledger-sent = Not answered yet
ledger-started = Answering now
ledger-completed = To the end
ledger-refused = Stopped without an answer
ledger-throttled = Was asked recently
ledger-sampled-out = Not in the sample
ledger-opted-out = The customer has unsubscribed
ledger-stale = Too old
ledger-no-script = No script fits
ledger-not-eligible = Does not meet the conditions
ledger-is-staff = One of our own staff
ledger-cancelled = Cancelled
ledger-paused = The script is paused
ledger-conversation = Was talking with a lead
ledger-erased = Data erased
ledger-partial-expired = Not to the end, time is up
ledger-partial-stopped = Not to the end, stopped
ledger-partial-blocked = Not to the end, blocked the bot
ledger-untouched = Not touched, time is up
ledger-blocked-unanswered = Blocked the bot without an answer
ledger-never-linked = The customer did not open the link to the bot
ledger-blocked = Had blocked the bot before
ledger-deactivated = Account deleted
ledger-chat-not-found = Chat not found
ledger-message-refused = Telegram refused the message
ledger-unconfirmed = Delivery not confirmed

# Importance.
importance-title = What matters and how it goes
importance-matrix = Importance and satisfaction
importance-none = The survey does not ask what matters. It needs two parts: questions about importance and about satisfaction with the same factors.
importance-few = Too few scores: { $customers } customers answered, and every question needs at least { $needed }.
importance-nothing = Nothing that matters is certainly worse than the rest.
importance-mend = Mend first: { $names }. It matters, and customers are less satisfied with it.
importance-legend = mean and 95% both ways
importance-legend-means = means of all factors
importance-weighted = CSI weighted by importance
importance-simple = { $simple } without weights.
importance-gap-title = Gap: satisfaction less importance
importance-factor = Factor
importance-important = Importance
importance-satisfied = Satisfaction
importance-gap = Gap
importance-quarter-mend = important, but poor
importance-quarter-keep = important and fine
importance-quarter-fine = less important, fine
importance-quarter-minor = less important, poor
importance-quarter-undecided = cannot tell
drivers-title = What goes most with the overall score
drivers-title-of = What goes most with the answer to “{ $outcome }”
drivers-no-outcome = The survey asks for no overall score: NPS, CSAT, or CSI with the factor overall.
drivers-no-factors = The survey has no CSI questions about single factors.
drivers-constant = Everybody answered the same: there is nothing to compare.
drivers-few = 200 surveys with answers to every question are needed; there are { $n }.
drivers-explained = Together these factors explain { $share } of the differences between people.
drivers-little = These factors explain little: { $share } of the differences between people.
drivers-note = An association, not a cause. From surveys with answers to every question: { $n } (LMG: the gain in R², averaged over all orders). Plain correlation is too high for all: people who like one thing like the rest too.
drivers-correlation = Plain correlation

# Waiting.
page-nav-waiting = Waiting
waiting-title = How long customers will wait
waiting-first-response = To the first response
waiting-resolution = To the resolution
waiting-bad-by-wait = Share of bad scores by wait
waiting-known = { $n } scores with a known wait
waiting-known-low = { $n } of them bad
waiting-missing = { $n } without a wait
waiting-no-question = Customers wait for answers to tickets, and these filters leave no question about tickets.
waiting-threshold = the threshold after which scores fall: { $range }
waiting-steady = the longer the worse, no threshold
waiting-none = no relation to waiting
waiting-reverse = longer waits score no worse
waiting-few = 300 scores with a known wait are needed, 30 of them bad. There are { $n } and { $low }.
waiting-chart = Share of bad scores by wait: { $finding }. The table is below.
waiting-legend-low = share of bad scores, and its 95%
waiting-legend-threshold = where the threshold may be
waiting-table = Table: share of bad scores by wait
waiting-waited = Waited
waiting-sides = Before and after the threshold
waiting-before = less than { $at }
waiting-after = { $at } or longer
waiting-means = What it means, and what it does not
waiting-odds = Every doubling of the wait multiplies the odds of a bad score by { $ratio }.
waiting-odds-after = After the threshold, every doubling of the wait multiplies the odds of a bad score by { $ratio }.
waiting-no-cause = This is an association, not a cause. Long tickets are also the hard ones: some of the bad scores are for that, not for the wait.

# Support KPIs.
page-nav-support = Support KPIs
support-title = Support KPIs
support-about = complete counts of the events of your system
support-wider = These figures count the events themselves, so script, version, question and kind do not narrow them, and disputed answers make no difference.
support-closed-only = No ticket_opened event has come yet, so only closed tickets are known: no backlog, and no time to close that counts open ones.
support-opened = Tickets opened
support-closed-title = Tickets closed
support-closed = { $value } closed
support-reopened = { $value } reopened
support-backlog = backlog at the end of the period { $value }
support-backlog-age = median age in the backlog { $value }
support-contact-rate = { $value } per 100 purchases
support-contact-rate-wide = { $range } for 100 purchases, not precise
support-first-response = First response
support-handling = Resolution
support-median = median
support-unknown = no times were sent
support-no-tickets = no tickets in this period
support-of-tickets = { $count ->
    [one] of { $shown } ticket
   *[other] of { $shown } tickets
}
support-p90 = 9 of 10 within { $value }
support-mean = mean { $value }
support-with-open = with those still open { $value }
support-with-open-p90 = with those still open 9 of 10 within { $value }
support-half-open = half are still open ({ $closed } of { $n } closed)
support-missing = { $value } without a time
support-messages = Messages a day
support-sum = { $value } in all
support-per-ticket = { $value } per ticket
support-overdue = Overdue
support-fcr = Solved at the first contact
support-fcr-least = at least { $value } of all closed
support-reopen-rate = Reopened within 7 days
support-of = { $count } of { $n }
support-few-times = too few to tell: { $n } of the { $needed } needed
support-cases = Cases after a bad score
support-cases-resolved = { $value } resolved
support-time = to the resolution, median { $value }
support-in-time = Contacted in time
support-recovered = Satisfied with the solution
support-causes = What leads find
support-hint = The median is the time within which half of the tickets were done. A few very long ones pull the mean far up.

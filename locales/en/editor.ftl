# Scripts as admins see and change them.

editor-on-purchase = after a purchase
editor-on-ticket = after a closed ticket
editor-on-case = after a resolved case
editor-state-live = 🟢 live, version { $version }
editor-state-paused = ⏸ paused, version { $version }
editor-state-draft = ✏️ draft
editor-and-draft = , with a draft
editor-week = Last 7 days: { $sent } sent, { $answered } answered
editor-list-title = <b>Surveys</b>
editor-list-empty = No surveys yet. Create the first one, or send a .toml file.
editor-new = When should the new survey ask?
editor-ask-title = <b>What is the new survey called?</b>
editor-asks = It asks { $when }.
editor-would-ask = When it asks: { $when }.
editor-never-sample = ⚠️ It asks nobody: the share of events is 0 %.
editor-never-taken = ⚠️ It asks nobody: other surveys take all events that fit it.
editor-published = Published { $at }
editor-lacks = Some texts are missing in: { $languages }. Customers see those in another language.
editor-lacks-texts = { $count ->
    [one] { $language }: { $count } text is missing.
   *[other] { $language }: { $count } texts are missing.
}
editor-has-draft = There is a draft; customers do not see it yet.
editor-versions = <b>Versions</b>
editor-version = { $version } — { $at }{ $mark }
editor-version-live = { " " }· live now
editor-versions-note = Restoring makes a new version with the old content. History and answers are kept.
editor-versions-one = This is the first version: nothing to restore yet.
editor-ask-pause = Pause this survey?
editor-pause-means = It will not ask about new events.
editor-pause-scheduled = Waiting to be sent: { $count }. They keep waiting or expire.
editor-pause-open = Open with customers: { $count }. They can still be finished.
editor-ask-discard = Delete the draft?
editor-discard-live-stays = The published version stays and keeps asking.
editor-discard-all = It was never published, so the survey will be gone.
editor-ask-roll-back = <b>Restore version { $version }?</b>
editor-roll-back-means = This makes a new version. Surveys not sent yet use it; those open with customers ({ $open }) keep theirs.

editor-button-scripts = ‹ Surveys
editor-button-new = + New survey
editor-button-card = ‹ Survey
editor-button-home = ‹ Draft
editor-button-questions = ‹ Questions
editor-button-question = ‹ Question
editor-button-send = Sending rules
editor-button-when = When to ask
editor-button-conditions = Conditions
editor-button-back = ‹ Back
editor-button-draft = Open the draft
editor-button-slug = Short name
editor-button-translate = Translate: { $language } · { $count }
editor-button-other-language = Also: { $language }
editor-button-change = Change
editor-button-preview = Preview
editor-button-file = TOML file
editor-button-versions = Versions
editor-button-pause = Pause
editor-button-resume = Ask again
editor-button-pause-now = Yes, pause
editor-button-no = No
editor-button-test = Take the survey myself
editor-button-take = Take it myself
editor-button-backtest = Try on past events
editor-button-roll-back = Restore version { $version }
editor-button-roll-back-now = Yes, restore
editor-button-problems = Problems
editor-button-publish = Publish…
editor-button-publish-now = Publish
editor-button-discard = Delete the draft
editor-button-discard-now = Yes, delete
editor-button-add-question = + Question
editor-button-labels = Labels
editor-button-low-reasons = + Reasons for a bad score
editor-button-up = ↑ Up
editor-button-down = ↓ Down
editor-button-copy = Copy
editor-button-remove = Delete
editor-button-remove-now = Yes, delete
editor-button-clear = Remove
editor-button-clear-comment = Do not ask for a comment
editor-button-cancel = Cancel
editor-button-write = Write another
editor-button-usual = Default
editor-button-in-language = The same in
editor-button-again = From the start
editor-button-end-preview = Close

editor-verdict-fine = ✅ Ready to publish.
editor-verdict-warnings = { $count ->
    [one] ✅ Ready to publish. There is { $count } suggestion.
   *[other] ✅ Ready to publish. There are { $count } suggestions.
}
editor-verdict-errors = { $count ->
    [one] Fix { $count } problem before publishing.
   *[other] Fix { $count } problems before publishing.
}
editor-verdict-lacking = To publish, translate: { $languages }.
editor-other = 👥 Others have this draft open too: { $name } ({ $minutes } min ago).
editor-no-text = no text
editor-no-questions = There are no questions yet.
editor-add-question = <b>A new question: what does it measure?</b>
editor-metrics = Satisfaction overall is CSAT, with one thing CSI. Would they recommend you: NPS. How easy it was: CES. How much it matters: importance. Options to choose from: choice. An answer in words: text.
editor-metric-series = If the question was published before, another metric, scale or factor makes it a new question: give it a new key.
editor-question = Question { $number } of { $total }
editor-bound-low = bad: { $values }
editor-bound-neutral = neutral: { $values }
editor-bound-high = good: { $values }
editor-high-is-easy = Higher is easier
editor-high-is-hard = Higher is harder
editor-one-option = One answer
editor-many-options = Several answers
editor-asked-always = Always asked
editor-asked-if = Asked if the answer to question { $question } was { $answers }
editor-answered-low = bad
editor-answered-neutral = neutral
editor-answered-high = good
editor-or = or
editor-quoted = “{ $text }”
editor-scales = <b>Scale</b>
editor-bands-low = <b>Up to which score is it bad?</b>
editor-bands-high = <b>From which score is it good?</b>
editor-bands-note = Scores in between are neutral. This decides who is asked for reasons and when the leads are alerted.
editor-bands-default = Default
editor-labels = <b>Labels</b>
    Words on the buttons instead of numbers, and for the ends of the scale. Optional.
editor-branch = <b>When is this question asked?</b>
editor-after = after
editor-ask-remove = Delete question { $number }?
    { $text }
editor-follow-up = What to ask after such a score: reasons as buttons, and a question to answer in words.
editor-no-comment = No question to answer in words.
editor-links-note = Links appear under the thanks, if all scores were good.
editor-reasons-note = Several can be chosen. Four or five are enough.
editor-none-yet = Nothing here yet.
editor-new-option = + Options
editor-when = <b>Which events to ask about</b>
editor-any = any
editor-none = —
editor-send = <b>Sending rules</b>
editor-usual-value = { $value } (default)
editor-no-days = none
editor-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
editor-hours = { $count } h
editor-minutes = { $count } min
editor-seconds = { $count } s
editor-off = off
editor-now = Now:
editor-translation = Translation
editor-problems = <b>Problems</b>
editor-no-problems = No problems.
editor-and-more = …and { $count } more
editor-file-line = line { $line }:
editor-file-refused = <b>{ $name }</b> was not taken, nothing has changed:
editor-file-again = Please fix it and send it again.
editor-file-taken = The file is now the draft of “{ $slug }”.
editor-file-replaced = It replaced the previous draft.

editor-publish = <b>Publish version { $version }?</b>
editor-publish-not-yet = <b>Version { $version } cannot be published yet</b>
editor-publish-scheduled = Waiting to be sent: { $count }. They use the new version.
editor-publish-open = Open with customers: { $count }. They keep their version.
editor-publish-answers = Earlier answers do not change.
editor-publish-paused = The survey is paused and will not ask until you resume it.
editor-diff-first = This is the first version.
editor-publish-begins = The survey starts asking { $when }.
editor-shares-counting = Checking which events other surveys fit as well…
editor-shares-unknown = The events shared with other surveys could not be counted: see the server’s log.
editor-shares-none = { $days ->
    [one] No event of the last day fits it.
   *[other] No event of the last { $days } days fits it.
}
editor-shares = { $days ->
    [one] Events of the last day that fit it: { $count }.
   *[other] Events of the last { $days } days that fit it: { $count }.
}
editor-taken = ⚠️ “{ $by }” takes { $percent } % of the events of “{ $from }”: { $taken } of { $fitting } in the last { $days ->
    [one] day
   *[other] { $days } days
}. { $why }
editor-taken-priority = Its priority is { $by }, the other’s { $from }.
editor-taken-name = Both have priority { $priority }, so the one whose short name comes first asks.
editor-taken-gap = It asks about these because the other one asked these people recently.
editor-diff-none = Nothing differs from the live version.
editor-diff-reordered = The questions are in another order.
editor-series-begins = 🆕 <b>{ $key }</b>: a new question; starts from zero
editor-series-resumes = ↩️ <b>{ $key }</b>: asked again; old and new answers count together
editor-series-kept = ✏️ <b>{ $key }</b>: old and new answers count together
editor-series-ends = ➖ <b>{ $key }</b>: no longer asked; its answers are kept

editor-preview = 👁 Preview, { $language }. Nothing is stored.
editor-preview-alert = 🔔 Here the leads would get an alert.
preview-name = Anna
preview-agent = Olga
preview-subject = Order No. 1001
preview-store = the shop in High Street
preview-date = 21 November

editor-backtest = Tried on the last 30 days
editor-backtest-begun = Counting, this takes a moment…
editor-backtest-nothing = There was no event in this period that this survey could have asked about.
editor-backtest-events = Events it could have asked about: { $count }.
editor-backtest-hours = By the hour of sending:
editor-backtest-columns = With this survey / with the live ones / what happened:
editor-backtest-note = Pauses are ignored.
outcome-asked = asked
outcome-asked-by = asked by { $slug }
outcome-scheduled = still waiting
outcome-waiting-for-link = wait for a link
outcome-throttled = asked about another event
outcome-sampled-out = not in the sample
outcome-opted-out = opted out
outcome-stale = too old
outcome-no-script = no survey
outcome-not-eligible = not eligible
outcome-is-staff = staff
outcome-cancelled = cancelled
outcome-paused = paused
outcome-conversation = in conversation
outcome-erased = erased
outcome-never-linked = link never opened
outcome-blocked = blocked the bot
outcome-deactivated = account deleted
outcome-chat-not-found = no such chat
outcome-message-refused = refused by Telegram
outcome-unconfirmed = arrival unknown

editor-toast-stale = That button is out of date: here is the current state
editor-toast-changed = The draft has changed ({ $name }): here is the current state
editor-toast-live-changed = Version { $version } came out while you were looking: here is the current state
editor-job-failed = That did not work: internal error, see the server’s log. Everything else works.
editor-job-gone = There is nothing to try out: the survey is gone.
editor-toast-gone = That no longer exists: here is what does
editor-toast-paused = Paused
editor-toast-resumed = Resumed
editor-toast-already = Nothing to change
editor-toast-published = Published: version { $version }
editor-toast-published-already = Already published: version { $version }
editor-toast-not-yet = Please fix the problems first
editor-toast-discarded = Draft deleted
editor-toast-too-large = The file would become too large
editor-toast-test = A test survey is on its way
editor-toast-test-no = The test was not sent: { $why }
editor-toast-same = This is what is live now
editor-toast-file-soon = The file is on its way
editor-heard = Noted.
editor-write-words = Please write it as text.
editor-trouble-lines = { $wanted ->
    [one] One line is needed, { $got } came.
   *[other] { $wanted } lines are needed, { $got } came.
}
editor-trouble-number = A whole number is needed.
editor-slug-taken = The name “{ $slug }” is taken, choose another one.
editor-meanwhile = While you were writing, the draft has changed ({ $name }). Please look at it as it is now and send it again.
editor-not-toml = I cannot read “{ $name }”: surveys are written in .toml files.
editor-file-too-large = “{ $name }” is too large: a survey is a page or two, up to { $most } KB.
editor-file-lost = Telegram did not deliver the file. Please send it again.

metric-csi = CSI
metric-csat = CSAT
metric-nps = NPS
metric-ces = CES
metric-importance = Importance
metric-choice = Choice
metric-text = Text
scale-name-smileys = smileys
scale-name-yes-no = yes–no
alert-level-low = 🔔 On bad
alert-level-neutral = 🔔 On neutral too
alert-level-off = No 🔔
weekday-mon = Mo
weekday-tue = Tu
weekday-wed = We
weekday-thu = Th
weekday-fri = Fr
weekday-sat = Sa
weekday-sun = Su

field-slug = Short name
field-title = Title
field-on = What it asks about
field-priority = Priority
field-greeting = Greeting
field-thanks = Thanks
field-delay = Sent after
field-delay-min = Not before
field-delay-max = Not later than
field-max-age = Expires unsent after
field-quiet-hours = Quiet hours
field-days-off = Days off
field-min-gap = Minimum time since any survey
field-min-gap-same = Minimum time since this survey
field-remind-after = Reminder after
field-expires-after = Closes after
field-channels = Channels
field-teams = Teams
field-stores = Stores
field-tags-any = Has any of these tags
field-tags-none = Has none of these tags
field-min-messages = Messages at least
field-sample = Share of events
field-questions = Questions
field-text = Text
field-key = Key
field-factor = Factor
field-labels = Label
field-ends = Ends of the scale
field-end-low = Lower end
field-end-high = Upper end
field-comment = Question for words
field-metric = Metric
field-scale = Scale
field-bands = Bands
field-alert = Alert
field-orientation = Direction of the scale
field-options = Options
field-multiple = Several answers
field-show-if = When it is asked
field-reasons = Reasons
field-links = Links
field-url = Address
field-low = After bad
field-neutral = After neutral
field-high = After good
field-question-number = Question { $number }
field-option-number = Option { $number }
field-reason-number = Reason { $number }
field-link-number = Link { $number }

# Languages in these words; others are called as they call themselves.
language-named = { $code ->
    [ru] Russian
    [en] English
    [kk] Kazakh
    [uz] Uzbek
    [ky] Kyrgyz
    [tg] Tajik
    [be] Belarusian
    [uk] Ukrainian
    [tt] Tatar
    [hy] Armenian
    [az] Azerbaijani
    [ka] Georgian
    [de] German
    [tr] Turkish
    [zh] Chinese
   *[other] { $own }
}

about-delay = How long after the event the survey usually goes out.
about-delay-min = It never goes out sooner, even if quiet hours come next.
about-delay-max = The latest time it may be moved to, e.g. by quiet hours.
about-max-age = If it could not be sent by then, it is not sent at all.
about-quiet-hours = Nothing is sent in these hours, in the customer's time.
about-days-off = Nothing is sent on these days. Single dates are possible.
about-min-gap = The minimum time since this person's last survey, of any kind.
about-min-gap-same = The minimum time since this person's last survey of this kind.
about-remind-after = One reminder for those who have tapped nothing.
about-expires-after = After this it can no longer be answered.

hint-long = Send the text as one message. You may use {"{"}name{"}"}, {"{"}agent|our specialist{"}"}, {"{"}subject|your order{"}"}, {"{"}store|the shop{"}"}, {"{"}brand{"}"}, {"{"}date{"}"}: the words after the bar are used when it is not known.
hint-line = { $count ->
    [1] Send one line.
   *[other] Send one line, or a line for each language: { $languages }.
}
hint-button-line = { $count ->
    [1] Send one line of up to 64 characters.
   *[other] Send one line of up to 64 characters, or a line for each language: { $languages }.
}
hint-items = Send them in one message: each line becomes a button, up to 64 characters.
hint-translation = Send the translations in one message: a line for each line, in the same order.
hint-link = Send two lines: the words on the button and the address.
hint-slug = Latin letters, digits, hyphen and underscore, up to 32 characters. It names the survey in events and exports; customers do not see it. It cannot change after publishing.
hint-key = Latin letters, digits, hyphen and underscore, up to 32 characters. The key ties together the answers of all versions.
hint-item-key = Latin letters, digits, hyphen and underscore, up to 32 characters. This is the answer's name in exports.
hint-factor = What the question is about: quality, price, support… Up to 64 characters in one line.
hint-priority = A whole number. If several surveys fit, the one with the highest priority asks.
hint-min-messages = A whole number: how many messages a ticket must have to be asked about.
hint-sample = A number from 0 to 100: the share of events that is asked about.
hint-url = The whole address, for example https://example.com/reviews
hint-list = Separated by commas, as in the events. For example: spam, test
hint-quiet-hours = For example 21:00-10:00, or off if there are none.
hint-days-off = Separated by commas: mon, tue, wed, thu, fri, sat, sun, or dates like 2027-01-01.
hint-duration = A number and a letter: 30m are minutes, 3h hours, 2d days.
hint-duration-or-off = A number and a letter: 30m are minutes, 3h hours, 2d days. Or off to switch it off.

lint-missing = is missing
lint-no-questions = there is no question yet
lint-too-many = too many: at most { $most }
lint-file-too-large = the file is too large for a survey
lint-file-not-utf8 = the file is not UTF-8: save it in that encoding
lint-not-toml = this is not valid TOML
lint-not-toml-at-all = and { $count } more like it. Is this a TOML file?
lint-more = and { $count } more. Fix these first.
lint-type = this is { $found }, but { $wanted } is expected
lint-is-text = a text
lint-is-number = a number
lint-is-boolean = true or false
lint-is-date = a date without quotes
lint-is-list = a list
lint-is-table = a table
lint-want-text = a text in quotes
lint-want-number = a whole number without quotes
lint-want-boolean = true or false without quotes
lint-want-table = a table {"{"} … {"}"}
lint-want-list = a list [ … ]
lint-elsewhere = this field does not belong here: write it { $where }
lint-place-top = at the top of the file, above the first [table]
lint-place-when = under [when]
lint-place-send = under [send]
lint-place-follow-up = under [questions.low], [questions.neutral] or [questions.high]
lint-no-field-but = there is no such field. Did you mean { $near }?
lint-no-field = there is no such field. Fields: { $known }
lint-one-of = “{ $text }” is not allowed. Allowed: { $known }
lint-one-language = the text does not say its language. Write { $example }
lint-no-such-language = “{ $text }” is not a language: write its ISO 639-1 code, like kk
lint-language-unused = has no text in this language: { $language }, as others have. So nobody is asked in it. Every text must be in { $known }
lint-no-scale = such a question has no scale: remove it
lint-missing-scale = is missing. Allowed: { $known }
lint-orientation = is for CES only: everywhere else a high number is good
lint-factor-unused = means nothing here: only a question with a scale is about a factor
lint-label-off-scale = there is no such score on the scale
lint-label-number = labels are for the numbers of the scale, like "1"
lint-alert-unscored = only { $known } and { $last } can be bad enough for an alert: remove it or write off
lint-branch-one = exactly one of band, value and option is needed
lint-choice-only = is for a question with options only (metric = "choice")
lint-needs-score = is for a question with a score only
lint-toml-duplicate = this name is already in the table
lint-toml-unquoted = put texts in quotes
lint-toml-string = a quoted text is broken: the quote is not closed, or there is a stray \
lint-toml-unclosed = a bracket is not closed
lint-toml-no-value = after a name there must be = and a value
lint-toml-comma = a comma is missing, or there is one too many
lint-number-range = must be from { $least } to { $most }
lint-number-large = the number is too large
lint-no-language = has no text in this language: { $language }
lint-blank = is blank
lint-control = contains an invisible control character
lint-placeholder-here = { "{" }{ $name }{ "}" } is filled in only in messages, not here
lint-placeholder = the placeholder at character { $place } is not valid. There are {"{"}name{"}"}, {"{"}brand{"}"}, {"{"}date{"}"} and, with words for when they are not known, {"{"}agent|…{"}"}, {"{"}subject|…{"}"}, {"{"}store|…{"}"}
lint-one-line = stands on a button: write it in one line
lint-button-long = { $count } characters; a button holds { $most }
lint-empty-when-unknown = is empty if the event says nothing: add words of your own
lint-message-long = { $language }: up to { $count } characters; a message of Telegram holds { $most }
lint-key = “{ $text }” is not allowed: use Latin letters, digits, hyphen and underscore, up to 32 characters
lint-key-taken = the key “{ $key }” is taken
lint-duration = “{ $text }” is not a duration. Write a number and a letter, like 30m, 3h or 2d
lint-duration-or-off = “{ $text }” is not a duration. Write a number and a letter, like 3h or 2d, or off
lint-quiet-hours = “{ $text }” is not a range of hours. Write it like 21:00-10:00, or off
lint-day = “{ $text }” is not a day. Write mon … sun, or a date like 2027-01-01
lint-url = “{ $text }” is not an address. Write one like https://example.com/reviews
lint-factor = up to 64 characters in one line
lint-window = “{ $first }” ({ $first_value }) is later than “{ $second }” ({ $second_value })
lint-expires-zero = must be longer than zero
lint-reminder = a reminder must come before the survey closes
lint-no-day = leaves no day to send on
lint-tags = can never hold: all of these tags are excluded
lint-sample-none = with 0 % it never asks anybody
lint-branch-unknown = there is no question “{ $key }” before this one
lint-branch-never = this question is never asked, because “{ $key }” never is
lint-branch-impossible = “{ $key }” cannot be answered like that
lint-branch-empty = no answer is chosen, so the question is never asked
lint-few-options = at least two options are needed
lint-nps-scale = NPS is asked from 0 to 10 only: on another scale there is nothing to compare it with
lint-nps-bands = the bands of NPS are always 0–6, 7–8 and 9–10
lint-bands = the bands do not fit the scale
lint-no-comment = after a bad score there is no way to say why, which is the most valuable answer. Add a question to answer in words
lint-many-scores = asks for { $count } scores. With more than { $most } in a messenger people give up half way, and answers are lost
lint-no-outcome = nothing asks how it was altogether, so nobody can tell which side the whole depends on. Add a question: NPS, CSAT, or CSI with the factor overall
lint-band-never = there is no such score on this scale
lint-nps-wording = NPS asks whether people would recommend you; this text does not
lint-recommend-wording = asks about recommending, which is NPS; as another metric the number says little
lint-emoji = begins with an emoji, which favours an answer
lint-emoji-some = some begin with an emoji and some do not, which favours an answer
lint-series = { $what }: was { $before }, is { $after }. Answers under the key “{ $key }” are read together, so this is not allowed: give the question a new key, or put it back

command-hooks = connect another system
command-scripts = surveys: look at them and change them

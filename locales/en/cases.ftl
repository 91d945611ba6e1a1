# /cases: the list of cases and the settings of how they are handled.

cases-title = Cases: { $open } open, { $late } overdue
cases-empty = No open cases.
cases-nothing = Nothing matches this filter.
cases-unknown = There is no case no. { $n }.
cases-unknown-id = No case for “{ $asked }”. I look for one number of a case, or one ID of a customer, order or ticket.
cases-all = All
cases-mine = Mine
cases-free = Free
cases-late = Overdue
cases-closed = Resolved
cases-muted = Muted
cases-muted-title = These people are muted. A button undoes it
cases-muted-nobody = Nobody is muted.
cases-muted-until = { $who } · until { $at }
cases-settings = ⚙ Settings
cases-back = ‹ Cases
cases-refused = Leads handle cases.
cases-group = { $open } open, { $late } overdue. The list is in your private chat with me.

settings-title = How we handle cases
settings-none = none
settings-choose = { $setting }: choose.
settings-ask = { $setting }: now { $value }. Send a new value, for example { $example }
settings-wrong = That does not work: { $problem }. For example, { $example }
settings-fixed = Set by { $variable }, it can only be changed there.
settings-long = These times of work are longer than your working day:
settings-long-entry = { $setting }, { $entry }: { $budget }, which is about { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
settings-long-ask = Make each of them “1 working day”?
settings-long-button = Make it “1 working day”
settings-default = Back to the default
settings-back = ‹ Settings

setting-hours = Working hours
setting-days-off = Days off
setting-zone = Time zone
setting-first-contact = Time to first contact
setting-resolution = Time to resolution
setting-reopen = Words after resolving count for
setting-promise = Promise to customers
setting-promise-on = we say by when we reply
setting-promise-off = we name no time
setting-names = Names shown to customers
setting-names-show = shown
setting-names-hide = not shown
setting-urgent-segments = Urgent segments
setting-free-messages = Messages outside surveys
setting-free-messages-cases = they open a case
setting-free-messages-off = nobody gets them

budget-days = { $count ->
        [one] { $count } working day
       *[other] { $count } working days
    }
budget-hours = { $count } h
budget-minutes = { $count } min
time-days = { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
time-seconds = { $count } s

# Why a value will not do. A full stop follows.
problem-days-without-hours = “{ $text }” has no hours, write them like mon-fri 09:00-18:00
problem-date-without-hours = “{ $text }” has no hours, write it like +2027-01-09 10:00-16:00
problem-no-day = it names no day
problem-day = “{ $text }” is not a day, write mon, tue, wed, thu, fri, sat, sun or a range like mon-fri
problem-hours = “{ $text }” is not a range of hours, write it like 09:00-18:00
problem-over-midnight = “{ $text }” does not end after it begins; write hours over midnight as two days
problem-order = { $later } does not come after { $earlier }
problem-date = “{ $text }” is not a date, write it like 2027-01-01
problem-backwards = “{ $text }” ends before it begins
problem-longer-than-year = “{ $text }” is longer than a year
problem-twice = “{ $text }” is named twice
problem-rest = it leaves { $days } days in a row without work, and { $most } are allowed at most
problem-zone = “{ $text }” is not a known time zone
problem-no-budget = “{ $text }” has no time, write it like urgent 4h
problem-severity = “{ $text }” is not a severity, write urgent, normal or minor (can wait)
problem-budget = “{ $text }” is not a time, write working time (30m, 8h) or working days (1d)
problem-budget-size = “{ $text }” will not do, a time is from 1m to { $days }d
problem-duration = “{ $text }” is not a time, write a whole number and m, h or d: 12h, 7d
problem-neither-nor = it can be { $yes } or { $no } only
problem-no-segment = it names no segment
problem-together = it does not go with the other settings: { $problem }

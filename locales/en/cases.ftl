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
settings-ask = { $setting }: now { $value }. Send a new value, for example { $example }
settings-wrong = That does not work: { $problem }. For example, { $example }
settings-fixed = Set by { $variable }, it can only be changed there.
settings-long = { $budget } of working time is more than your working day: about { $days } days. Make it “1 working day”?
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
setting-names = Names shown to customers
setting-urgent-segments = Urgent segments
setting-free-messages = Messages outside surveys

# Deadlines of cases: what customers are promised, and what leads are told as time passes.

# By when a customer hears. The blank is a part of it, for it stands before a full stop and may be left out.
when-today = { " " }by { $time } today
when-tomorrow = { " " }by { $time } tomorrow
when-weekday = { " " }by { $time } on { $weekday ->
        [1] Monday
        [2] Tuesday
        [3] Wednesday
        [4] Thursday
        [5] Friday
        [6] Saturday
       *[7] Sunday
    }
when-date = { " " }by { $time } on { $date }

recovery-offer = Customers can now be asked after a resolved case whether the solution helped. There is a survey for that: “{ $title }”. It is a draft for now and asks nobody. You can look at it and change it in /scripts
recovery-button-publish = Publish

# To customers.
case-told-end = Your case is no. { $n }. We will reply here{ $when }.
case-told = Thank you for your rating. We want to find out what went wrong: case no. { $n }. We will reply here{ $when }.
case-late = Sorry: we promised a reply by { $time } and did not make it. Case no. { $n } is now with a senior colleague.
case-closed = Case no. { $n } is closed. If anything is still unsolved, write to us here.
case-closed-silence = We did not hear from you and closed case no. { $n }. If you still need help, write to us here.

# To leads.
warn-contact = ⏰ No. { $n }: reply by { $at }, { $left } left.
warn-resolve = ⏰ No. { $n }: resolve by { $at }, { $left } left.
warn-fold = ⏰ Cases due soon: { $count }
esc-contact = 🔥 No. { $n }: the customer had no reply by { $at }.
esc-resolve = 🔥 No. { $n }: not resolved by { $at }.
esc-fold = 🔥 Overdue cases: { $count }
who-has = { $name } has it.
who-nobody = Nobody has it.
cases-where = The list: /cases in your private chat with me.
